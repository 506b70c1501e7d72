// JSON Schema 2020-12: compiled once at start, checked per record over the index. What is supported
// and what is refused stands in docs/json-schema.md.

package import EventModel

/// What a schema may contain beyond what must be checked.
package struct SchemaOptions: Sendable {
    package enum UnknownKeywords: Sendable { case refuse, ignore }
    /// Whether a keyword that nobody defined is an error. Ours refuse: it is a slip of the pen.
    package var unknownKeywords: UnknownKeywords = .refuse
    /// Whether `format` must hold; else it is an annotation.
    package var assertsFormat = true
    package var limits = Limits()
    /// Whether values that keep a schema for certain skip its instructions (`SchemaShortcut`). Only
    /// the test that compares both ways turns it off.
    var usesShortcuts = true
    package init() {}
}

/// A compiled schema; trivial to share between threads, checks without allocating.
package struct SchemaChecker: Sendable {
    private let program: SchemaProgram
    private let schema: Int32

    /// Compiles one schema. A `$ref` may point anywhere into it.
    package static func compile(
        _ schema: [UInt8], uri: String = "schema:/", options: SchemaOptions = SchemaOptions()
    ) throws(SchemaError) -> SchemaChecker {
        try compile(documents: [(uri, schema)], options: options)[0]
    }

    package static func compile(
        _ schema: String, uri: String = "schema:/", options: SchemaOptions = SchemaOptions()
    ) throws(SchemaError) -> SchemaChecker {
        try compile(Array(schema.utf8), uri: uri, options: options)
    }

    /// Compiles documents together: a `$ref` may point from one into another, by the URI
    /// it is given under or by its `$id`. One checker per document, in their order.
    package static func compile(
        documents: [(uri: String, text: [UInt8])], options: SchemaOptions = SchemaOptions()
    ) throws(SchemaError) -> [SchemaChecker] {
        var compiler = SchemaCompiler(options: options)
        for document in documents { try compiler.add(uri: document.uri, text: document.text) }
        let (program, roots) = try compiler.compileAll()
        return roots.map { SchemaChecker(program: program, schema: $0) }
    }

    /// The first rule that the value breaks; nil when it keeps all.
    package func check(_ view: JSONView) -> SchemaViolation? {
        withExtendedLifetime(program) { place.check(view) }
    }

    /// The same without a count of references; for whoever keeps the checker alive.
    var place: SchemaRoot { SchemaRoot(tables: program.tables, schema: schema) }
}

/// Where a program begins, by address: valid as long as its checker.
struct SchemaRoot {
    let tables: SchemaTables
    let schema: Int32

    @inline(__always) func check(_ view: JSONView) -> SchemaViolation? {
        var run = SchemaRun(tables: tables)
        if run.accepts(view, schema) { return nil }
        return run.fault.violation(in: view)
    }
}
