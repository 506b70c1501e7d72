// What a schema is compiled to: per schema a run of instructions, all in one flat array. Everything
// here is trivial to copy (indices and views), so that the check loop counts no references.

import EventModel

/// A run of elements of one of the program's arrays.
struct SchemaRange {
    var start: Int32 = 0
    var count: Int32 = 0
    var indices: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

/// The types of the keyword `type`.
struct SchemaTypes: OptionSet {
    let rawValue: UInt8
    static let null = SchemaTypes(rawValue: 1)
    static let boolean = SchemaTypes(rawValue: 2)
    static let object = SchemaTypes(rawValue: 4)
    static let array = SchemaTypes(rawValue: 8)
    static let number = SchemaTypes(rawValue: 16)
    static let string = SchemaTypes(rawValue: 32)
    static let integer = SchemaTypes(rawValue: 64)

    static let named: [(name: String, type: SchemaTypes)] = [
        ("null", .null), ("boolean", .boolean), ("object", .object), ("array", .array),
        ("number", .number), ("string", .string), ("integer", .integer),
    ]
    var names: [String] { Self.named.filter { contains($0.type) }.map(\.name) }
}

/// One thing to check of a value. Schemas are named by their index; `none` is -1.
enum SchemaInstruction {
    case refuse
    case type(SchemaTypes)
    case constant(JSONView)
    case enumeration(SchemaRange)
    case minLength(Int)
    case maxLength(Int)
    case pattern(Int32)
    case format(SchemaFormat)
    case minimum(Decimal)
    case maximum(Decimal)
    case exclusiveMinimum(Decimal)
    case exclusiveMaximum(Decimal)
    case multipleOf(Decimal)
    case minItems(Int)
    case maxItems(Int)
    case uniqueItems
    /// The first elements each by their own schema, the others by `rest`.
    case items(prefix: SchemaRange, rest: Int32)
    case contains(schema: Int32, minimum: Int, maximum: Int)
    case minProperties(Int)
    case maxProperties(Int)
    case object(Int32)
    case require(ByteView)
    case dependentRequired(name: ByteView, needs: SchemaRange)
    case dependentSchema(name: ByteView, schema: Int32)
    case propertyNames(Int32)
    case allOf(SchemaRange)
    case anyOf(SchemaRange)
    case oneOf(SchemaRange)
    case not(Int32)
    case condition(test: Int32, then: Int32, otherwise: Int32)
    case reference(Int32)
}

/// A member that a schema names.
struct PropertyRule {
    var name: ByteView
    var schema: Int32 = -1
    /// Its bit among the required members, 0 when it is none of them.
    var requiredBit: UInt64 = 0
}

/// What members must be: `properties`, `required`, `patternProperties`, `additionalProperties`.
struct ObjectRules {
    var properties = SchemaRange()
    /// Hash table from name to rule: power of two, -1 where empty.
    var slots = SchemaRange()
    var required: UInt64 = 0
    /// Pairs of pattern and schema, in `children`.
    var patterns = SchemaRange()
    var additional: Int32 = -1

    static func hash(_ name: ByteView) -> Int {
        guard name.count > 0 else { return 0 }
        let mix =
            UInt64(name.count) | UInt64(name[0]) << 8 | UInt64(name[name.count / 2]) << 16
            | UInt64(name[name.count - 1]) << 24
        return Int(truncatingIfNeeded: mix &* 0x9e37_79b9_7f4a_7c15 >> 40)
    }
}
