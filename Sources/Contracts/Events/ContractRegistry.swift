// The compiled contract: a checker per event type, made once at start from the schemas that the
// binary carries, and the table of type names. Read-only, shared by all decoders.

package import EventModel

/// Compiled schemas of all types.
package final class ContractRegistry: Sendable {
    /// By raw value of `EventType`.
    private let checkers: ContiguousArray<SchemaChecker>
    /// The same checkers by address: a record's check is to count no references.
    private nonisolated(unsafe) let roots: UnsafeMutablePointer<SchemaRoot>
    package let types = EventTypeTable()

    /// Compiles every schema. Throws for a schema that uses what the compiler does not support:
    /// found at start, never at a record.
    package init(limits: Limits) throws(SchemaError) {
        var options = SchemaOptions()
        options.limits = limits
        var checkers = ContiguousArray<SchemaChecker>()
        for type in EventType.allCases {
            let path = Self.path(of: type)
            guard let text = ContractFiles.text(path) else {
                preconditionFailure("no schema is embedded as \(path)")
            }
            precondition(Int(type.rawValue) == checkers.count, "cases are numbered from 0")
            checkers.append(try SchemaChecker.compile(text, uri: path, options: options))
        }
        self.checkers = checkers
        roots = .allocate(capacity: checkers.count)
        for index in checkers.indices { (roots + index).initialize(to: checkers[index].place) }
    }

    deinit { roots.deallocate() }

    /// The schema of a type's data, below topics/.
    package static func path(of type: EventType) -> String { "schemas/\(type.name).json" }

    /// The first violation of the type's schema, nil when the data keeps it.
    package func violation(of type: EventType, in data: JSONView) -> SchemaViolation? {
        roots[Int(type.rawValue)].check(data)
    }
}
