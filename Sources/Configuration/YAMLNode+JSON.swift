// YAML -> canonical JSON by YAML's core schema, restricted to what JSON can say: so one schema
// checker serves records and files alike, and a policy has one digest however it was laid out.

import EventModel

extension YAMLNode {
    /// What a scalar is under the core schema.
    package enum Scalar: Equatable, Sendable {
        case null
        case boolean(Bool)
        /// As written; it matches JSON's grammar of numbers.
        case number(String)
        case string(String)
    }

    /// The scalar's meaning; nil when this is a list or a mapping.
    package var scalar: Scalar? {
        guard case .scalar(let text, let isPlain) = content else { return nil }
        guard isPlain else { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .boolean(true)
        case "false", "False", "FALSE": return .boolean(false)
        default: return Self.isJSONNumber(text) ? .number(text) : .string(text)
        }
    }

    /// Canonical JSON: members sorted by the bytes of their names, no whitespace, numbers as
    /// written.
    package var canonicalJSON: [UInt8] {
        var writer = JSONWriter()
        write(into: &writer)
        return writer.bytes
    }

    private func write(into writer: inout JSONWriter) {
        switch content {
        case .scalar:
            switch scalar {
            case .null, nil: writer.null()
            case .boolean(let value): writer.boolean(value)
            case .number(let text): writer.raw(text)
            case .string(let text): writer.string(text)
            }
        case .sequence(let elements):
            writer.beginArray()
            for element in elements { element.write(into: &writer) }
            writer.endArray()
        case .mapping(let entries):
            writer.beginObject()
            let sorted = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            for entry in sorted {
                writer.name(entry.name)
                entry.value.write(into: &writer)
            }
            writer.endObject()
        }
    }

    /// JSON's grammar of numbers: YAML's `+1`, `.5`, `0x1F`, `.inf` stay strings, which a schema
    /// that asks for a number then refuses by name.
    static func isJSONNumber(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        func skip(_ bytes: [UInt8]) -> Bool {
            guard let first = rest.first, bytes.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        func digits() -> Int {
            let before = rest.count
            rest = rest.drop { $0 >= 0x30 && $0 <= 0x39 }
            return before - rest.count
        }
        _ = skip([0x2d])
        let startsWithZero = rest.first == 0x30
        let whole = digits()
        guard whole > 0, !(startsWithZero && whole > 1) else { return false }
        if skip([0x2e]), digits() == 0 { return false }
        if skip([0x65, 0x45]) {
            _ = skip([0x2b, 0x2d])
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }
}
