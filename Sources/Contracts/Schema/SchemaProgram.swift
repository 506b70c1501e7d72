// A compiled set of schemas. The arrays are copied once into plain memory, where the check loop
// reads them without bounds, references or exclusivity to care about.

import EventModel

/// The arrays of a program, by address.
struct SchemaTables {
    let schemas: UnsafePointer<SchemaRange>
    /// By schema, as `schemas`.
    let shortcuts: UnsafePointer<SchemaShortcut>
    let instructions: UnsafePointer<SchemaInstruction>
    let children: UnsafePointer<Int32>
    let constants: UnsafePointer<JSONView>
    let names: UnsafePointer<ByteView>
    let objects: UnsafePointer<ObjectRules>
    let properties: UnsafePointer<PropertyRule>
    let patterns: UnsafePointer<Pattern>
}

/// Owns the tables, the documents that they point into, and the patterns.
///
/// Unchecked: nothing in it changes after init, so threads may share it.
final class SchemaProgram: @unchecked Sendable {
    let tables: SchemaTables
    private let documents: [SchemaDocument]
    private let patternCount: Int

    init(_ parts: SchemaParts, documents: [SchemaDocument]) {
        self.documents = documents
        patternCount = parts.patterns.count
        tables = SchemaTables(
            schemas: Self.copy(parts.schemas), shortcuts: Self.copy(parts.shortcuts),
            instructions: Self.copy(parts.instructions),
            children: Self.copy(parts.children), constants: Self.copy(parts.constants),
            names: Self.copy(parts.names), objects: Self.copy(parts.objects),
            properties: Self.copy(parts.properties), patterns: Self.copy(parts.patterns))
    }

    deinit {
        for index in 0..<patternCount { tables.patterns[index].free() }
        tables.schemas.deallocate()
        tables.shortcuts.deallocate()
        tables.instructions.deallocate()
        tables.children.deallocate()
        tables.constants.deallocate()
        tables.names.deallocate()
        tables.objects.deallocate()
        tables.properties.deallocate()
        tables.patterns.deallocate()
    }

    private static func copy<Element>(_ array: [Element]) -> UnsafePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, array.count))
        array.withUnsafeBufferPointer { source in
            if let base = source.baseAddress {
                memory.initialize(from: base, count: array.count)
            }
        }
        return UnsafePointer(memory)
    }
}

/// The arrays while they grow.
struct SchemaParts {
    var schemas: [SchemaRange] = []
    var shortcuts: [SchemaShortcut] = []
    var instructions: [SchemaInstruction] = []
    var children: [Int32] = []
    var constants: [JSONView] = []
    var names: [ByteView] = []
    var objects: [ObjectRules] = []
    var properties: [PropertyRule] = []
    var patterns: [Pattern] = []
}

/// The text of a schema document and its index, kept as long as a program points into them.
final class SchemaDocument {
    let uri: String
    let root: JSONView
    private let text: UnsafeMutableRawBufferPointer
    private var parser: JSONParser

    init(uri: String, text bytes: [UInt8], limits: Limits) throws(JSONError) {
        let text = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        text.copyBytes(from: bytes)
        var parser = JSONParser(limits: limits)
        do {
            root = try parser.parse(ByteView(text))
        } catch {
            text.deallocate()
            throw error
        }
        self.uri = uri
        self.text = text
        self.parser = parser
    }

    deinit { text.deallocate() }
}
