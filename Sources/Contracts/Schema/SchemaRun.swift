// The check loop: instructions of a schema over one value. It recurses with the instance (whose
// depth is limited) and through applicators (which the compiler proved to end).

import EventModel

/// One check. `fault` is what the last refusal was about.
struct SchemaRun {
    let tables: SchemaTables
    var fault = SchemaFault(node: 0, keyword: "", detail: .plain("is not allowed"))

    init(tables: SchemaTables) { self.tables = tables }

    /// Whether the value keeps the schema: told from its node if that is enough, else by the
    /// instructions.
    @inline(__always)
    mutating func accepts(_ view: JSONView, _ schema: Int32) -> Bool {
        let shortcut = tables.shortcuts[Int(schema)]
        let node = view.node
        if shortcut.admits(node) { return true }
        if shortcut.object >= 0 && node.isObject {
            return meetsRules(view, tables.objects[Int(shortcut.object)])
        }
        return meetsAll(view, schema)
    }

    @inline(never)
    private mutating func meetsAll(_ view: JSONView, _ schema: Int32) -> Bool {
        let range = tables.schemas[Int(schema)]
        for index in range.indices {
            if !meets(view, tables.instructions[index]) { return false }
        }
        return true
    }

    /// Notes a fault; always false.
    mutating func refuse(
        _ view: JSONView, _ keyword: StaticString, _ detail: SchemaFault.Detail
    ) -> Bool {
        fault = SchemaFault(node: view.index, keyword: keyword, detail: detail)
        return false
    }

    mutating func refuse(_ view: JSONView, _ keyword: StaticString, _ text: StaticString) -> Bool {
        refuse(view, keyword, .plain(text))
    }

    private mutating func meets(_ view: JSONView, _ instruction: SchemaInstruction) -> Bool {
        switch instruction {
        case .refuse: refuse(view, "", "is not allowed")
        case .type(let types):
            isOf(types, view) || refuse(view, "type", .types(types))
        case .constant(let value):
            view.isEqual(to: value) || refuse(view, "const", "is not the constant value")
        case .enumeration(let range): isAmong(range, view)
        case .minLength, .maxLength, .pattern, .format: meetsText(view, instruction)
        case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum, .multipleOf:
            meetsNumber(view, instruction)
        case .minItems, .maxItems, .uniqueItems, .items, .contains:
            view.kind != .array || meetsArray(view, instruction)
        case .minProperties, .maxProperties, .object, .require, .dependentRequired,
            .dependentSchema, .propertyNames:
            view.kind != .object || meetsObject(view, instruction)
        case .allOf, .anyOf, .oneOf, .not, .condition: meetsSchemas(view, instruction)
        case .reference(let schema): accepts(view, schema)
        }
    }

    private func isOf(_ types: SchemaTypes, _ view: JSONView) -> Bool {
        switch view.kind {
        case .object: types.contains(.object)
        case .array: types.contains(.array)
        case .string: types.contains(.string)
        case .true, .false: types.contains(.boolean)
        case .null: types.contains(.null)
        case .number:
            types.contains(.number)
                || (types.contains(.integer) && Decimal(view.bytes)?.isInteger == true)
        }
    }

    private mutating func isAmong(_ range: SchemaRange, _ view: JSONView) -> Bool {
        for index in range.indices where view.isEqual(to: tables.constants[index]) { return true }
        return refuse(view, "enum", "is none of the listed values")
    }

    private mutating func meetsText(_ view: JSONView, _ instruction: SchemaInstruction) -> Bool {
        guard view.kind == .string else { return true }
        let bytes = view.bytes
        switch instruction {
        case .minLength(let least):
            return bytes.count / 4 >= least || bytes.codePointCount >= least
                || refuse(view, "minLength", .counted("is shorter than ", least, " characters"))
        case .maxLength(let most):
            return bytes.count <= most || bytes.codePointCount <= most
                || refuse(view, "maxLength", .counted("is longer than ", most, " characters"))
        case .pattern(let index):
            switch tables.patterns[Int(index)].match(bytes) {
            case .found: return true
            case .notFound: return refuse(view, "pattern", "does not match the pattern")
            case .limitReached: return refuse(view, "pattern", Pattern.limitMessage)
            }
        case .format(let format):
            return format.isMet(by: bytes)
                || refuse(view, "format", .plain(format.violationMessage))
        default: preconditionFailure("an instruction about text")
        }
    }

    private mutating func meetsNumber(_ view: JSONView, _ instruction: SchemaInstruction) -> Bool {
        guard view.kind == .number else { return true }
        guard let value = Decimal(view.bytes) else {
            preconditionFailure("the parser accepted this number")
        }
        switch instruction {
        case .minimum(let bound):
            return value >= bound || refuse(view, "minimum", "is less than the minimum")
        case .maximum(let bound):
            return value <= bound || refuse(view, "maximum", "is greater than the maximum")
        case .exclusiveMinimum(let bound):
            return value > bound
                || refuse(view, "exclusiveMinimum", "is not greater than the lower bound")
        case .exclusiveMaximum(let bound):
            return value < bound
                || refuse(view, "exclusiveMaximum", "is not less than the upper bound")
        case .multipleOf(let divisor):
            return value.isMultiple(of: divisor)
                || refuse(view, "multipleOf", "is not a multiple of the divisor")
        default: preconditionFailure("an instruction about a number")
        }
    }

    private mutating func meetsSchemas(
        _ view: JSONView, _ instruction: SchemaInstruction
    ) -> Bool {
        switch instruction {
        case .allOf(let range):
            for index in range.indices where !accepts(view, tables.children[index]) {
                return false
            }
            return true
        case .anyOf(let range):
            for index in range.indices where accepts(view, tables.children[index]) { return true }
            return refuse(view, "anyOf", "meets none of the alternatives")
        case .oneOf(let range):
            var matches = 0
            for index in range.indices where accepts(view, tables.children[index]) {
                matches += 1
                if matches > 1 {
                    return refuse(view, "oneOf", "meets more than one of the alternatives")
                }
            }
            return matches == 1 || refuse(view, "oneOf", "meets none of the alternatives")
        case .not(let schema):
            return !accepts(view, schema) || refuse(view, "not", "is of a forbidden form")
        case .condition(let test, let then, let otherwise):
            let branch = accepts(view, test) ? then : otherwise
            return branch < 0 || accepts(view, branch)
        default: preconditionFailure("an instruction with schemas")
        }
    }
}

extension UnsafeRawBufferPointer {
    /// How many characters (Unicode code points) this UTF-8 holds.
    var codePointCount: Int {
        var count = 0
        for byte in self where byte & 0xc0 != 0x80 { count += 1 }
        return count
    }
}
