// What a checked value did wrong. The check itself keeps a SchemaFault, which is trivial to copy;
// words are made of it only when there is something to say.

import EventModel

/// The first rule of a schema that a value breaks.
package struct SchemaViolation: Equatable, Sendable {
    /// JSON pointer (RFC 6901) to the value; empty for the root.
    package let pointer: String
    /// The keyword that was not met; empty for the schema `false`.
    package let keyword: String
    package let message: String
}

extension SchemaViolation: CustomStringConvertible {
    package var description: String { "\(pointer.isEmpty ? "the value" : pointer): \(message)" }
}

/// A broken rule, before it is words. Views point into the schema or the instance.
struct SchemaFault {
    enum Detail {
        case plain(StaticString)
        /// A sentence about a name: before it, the name, after it.
        case named(StaticString, ByteView, StaticString)
        case counted(StaticString, Int, StaticString)
        case types(SchemaTypes)
    }
    var node: Int
    var keyword: StaticString
    var detail: Detail

    func violation(in root: JSONView) -> SchemaViolation {
        let message =
            switch detail {
            case .plain(let text): "\(text)"
            case .named(let before, let name, let after): "\(before)\"\(name.text)\"\(after)"
            case .counted(let before, let count, let after): "\(before)\(count)\(after)"
            case .types(let types): "is not of type \(types.names.joined(separator: " or "))"
            }
        return SchemaViolation(
            pointer: root.pointer(to: node), keyword: "\(keyword)", message: message)
    }
}
