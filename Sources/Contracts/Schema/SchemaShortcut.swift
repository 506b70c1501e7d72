// What a schema says about a value can often be told from the value's node alone: a name of 1 to
// 256 characters, a truth value, anything at all. Such values are let in without running the
// schema's instructions; whoever is not let in here runs them, so that a refusal is worded in one
// place only. Most members of a good event never see an instruction.

import EventModel

/// Which values keep a schema for certain, told from their nodes.
struct SchemaShortcut {
    /// Bit n: every value of the kind numbered n, strings apart.
    var kinds: UInt8 = 0
    /// Every string of so many bytes; none when the least is above the most.
    var stringBytesMin: UInt32 = 1
    var stringBytesMax: UInt32 = 0
    /// The rules that alone decide about an object, -1 when there is more to check.
    var object: Int32 = -1

    /// Lets nothing in.
    static let none = SchemaShortcut()

    @inline(__always) func admits(_ node: JSONNode) -> Bool {
        node.isString
            ? node.length >= stringBytesMin && node.length <= stringBytesMax
            : kinds & node.kindBit != 0
    }
}

extension SchemaCompiler {
    /// One shortcut per schema. After `refuseEndlessRecursion`: references end.
    func shortcuts() -> [SchemaShortcut] {
        parts.schemas.indices.map {
            options.usesShortcuts ? shortcut(of: Int32($0)) : .none
        }
    }

    private func shortcut(of schema: Int32) -> SchemaShortcut {
        let range = parts.schemas[Int(schema)].indices
        if range.count == 1, case .reference(let target) = parts.instructions[range.lowerBound] {
            return shortcut(of: target)
        }
        var found = SchemaShortcut(kinds: 0xff, stringBytesMin: 0, stringBytesMax: .max)
        for instruction in parts.instructions[range] { found.narrow(by: instruction) }
        return found
    }
}

extension SchemaShortcut {
    private static func bit(_ kind: JSONKind) -> UInt8 { 1 << kind.rawValue }

    /// Takes out what this instruction may refuse.
    fileprivate mutating func narrow(by instruction: SchemaInstruction) {
        switch instruction {
        case .type(let types): narrow(to: types)
        case .minLength(let least):
            // A character has 1 to 4 bytes: n bytes hold at least n / 4 of them, rounded up.
            let bytes = least == 0 ? 0 : 4 * UInt64(min(least - 1, 1 << 32)) + 1
            stringBytesMin = max(stringBytesMin, UInt32(clamping: bytes))
        case .maxLength(let most): stringBytesMax = min(stringBytesMax, UInt32(clamping: most))
        case .pattern, .format: refuseStrings()
        case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum, .multipleOf:
            kinds &= ~Self.bit(.number)
        case .minItems, .maxItems, .uniqueItems, .items, .contains: kinds &= ~Self.bit(.array)
        case .object(let rules):
            // Only where nothing else was asked of objects so far.
            object = kinds & Self.bit(.object) != 0 ? rules : -1
            kinds &= ~Self.bit(.object)
        case .minProperties, .maxProperties, .require, .dependentRequired, .dependentSchema,
            .propertyNames:
            refuseObjects()
        case .refuse, .constant, .enumeration, .allOf, .anyOf, .oneOf, .not, .condition,
            .reference:
            self = .none
        }
    }

    private mutating func narrow(to types: SchemaTypes) {
        if !types.contains(.object) { refuseObjects() }
        if !types.contains(.array) { kinds &= ~Self.bit(.array) }
        if !types.contains(.string) { refuseStrings() }
        // An integer is a number whose text must be looked at.
        if !types.contains(.number) { kinds &= ~Self.bit(.number) }
        if !types.contains(.boolean) { kinds &= ~(Self.bit(.true) | Self.bit(.false)) }
        if !types.contains(.null) { kinds &= ~Self.bit(.null) }
    }

    private mutating func refuseStrings() {
        stringBytesMin = 1
        stringBytesMax = 0
    }

    private mutating func refuseObjects() {
        kinds &= ~Self.bit(.object)
        object = -1
    }
}
