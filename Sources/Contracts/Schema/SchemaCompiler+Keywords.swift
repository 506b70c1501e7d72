// Keyword by keyword, in the order in which they are checked: cheap ones and those that
// explain most first.

import EventModel

extension SchemaCompiler {
    /// What only describes (and `$defs`, `$id`, `$anchor`, which SchemaPlaces reads).
    private static let annotations: Set<String> = [
        "$id", "$schema", "$anchor", "$defs", "$comment", "title", "description", "default",
        "examples", "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType",
        "contentSchema",
    ]
    private static let checked: Set<String> = [
        "type", "const", "enum", "minLength", "maxLength", "pattern", "format", "minimum",
        "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems",
        "uniqueItems", "items", "prefixItems", "contains", "minContains", "maxContains",
        "minProperties", "maxProperties", "required", "properties", "patternProperties",
        "additionalProperties", "propertyNames", "dependentRequired", "dependentSchemas", "allOf",
        "anyOf", "oneOf", "not", "if", "then", "else", "$ref",
    ]
    /// Keywords of the dialect that are not checked here: an error under every option.
    static let unsupported: Set<String> = [
        "unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$dynamicAnchor",
        "$vocabulary",
    ]
    private static let dialect = "https://json-schema.org/draft/2020-12/schema"

    mutating func compile(_ body: inout SchemaBody) throws(SchemaError) {
        try refuseUnknown(body)
        try compileTypes(&body)
        try compileText(&body)
        try compileNumbers(&body)
        try compileArrays(&body)
        try compileObjects(&body)
        try compileApplicators(&body)
    }

    private func refuseUnknown(_ body: SchemaBody) throws(SchemaError) {
        var fault: (String, SchemaError.Problem)?
        body.view.forEachMember { name, value in
            let keyword = name.text
            if Self.unsupported.contains(keyword) { fault = (keyword, .unsupportedKeyword) }
            if options.unknownKeywords == .refuse, !Self.annotations.contains(keyword),
                !Self.checked.contains(keyword), !keyword.hasPrefix("x-")
            {
                fault = (keyword, .unsupportedKeyword)
            }
            if keyword == "$schema", value.kind != .string || value.bytes.text != Self.dialect {
                fault = (keyword, .invalidValue("only \(Self.dialect) is supported"))
            }
            if ["$id", "$anchor"].contains(keyword), value.kind != .string {
                fault = (keyword, .invalidValue("must be a string"))
            }
        }
        if let fault { throw places.error(body.place, fault.0, fault.1) }
    }

    func invalid(_ body: SchemaBody, _ keyword: String, _ why: String) -> SchemaError {
        places.error(body.place, keyword, .invalidValue(why))
    }

    private func compileTypes(_ body: inout SchemaBody) throws(SchemaError) {
        guard let value = body.view.member("type") else { return }
        var types = SchemaTypes()
        var isValid = true
        func add(_ name: JSONView) {
            guard name.kind == .string,
                let known = SchemaTypes.named.first(where: { $0.name == name.bytes.text })
            else { return isValid = false }
            types.insert(known.type)
        }
        if value.kind == .array {
            value.forEachElement { add($0) }
        } else {
            add(value)
        }
        guard isValid, !types.isEmpty else {
            throw invalid(body, "type", "names a type that JSON Schema does not know")
        }
        body.instructions.append(.type(types))
    }

    private mutating func compileText(_ body: inout SchemaBody) throws(SchemaError) {
        if let value = body.view.member("const") { body.instructions.append(.constant(value)) }
        if let value = body.view.member("enum") {
            guard value.kind == .array else { throw invalid(body, "enum", "must be an array") }
            var constants: [JSONView] = []
            value.forEachElement { constants.append($0) }
            body.instructions.append(.enumeration(append(constants, to: \.constants)))
        }
        if let least = try count("minLength", body) { body.instructions.append(.minLength(least)) }
        if let most = try count("maxLength", body) { body.instructions.append(.maxLength(most)) }
        if let value = body.view.member("format"), options.assertsFormat {
            guard value.kind == .string else { throw invalid(body, "format", "must be a string") }
            guard let format = SchemaFormat(rawValue: value.bytes.text) else {
                throw places.error(body.place, "format", .unsupportedFormat(value.bytes.text))
            }
            body.instructions.append(.format(format))
        }
        if let value = body.view.member("pattern") {
            guard value.kind == .string else { throw invalid(body, "pattern", "must be a string") }
            body.instructions.append(.pattern(try pattern(value.bytes, "pattern", body)))
        }
    }

    mutating func pattern(
        _ text: ByteView, _ keyword: String, _ body: SchemaBody
    ) throws(SchemaError) -> Int32 {
        do {
            parts.patterns.append(try Pattern(ecma: text.text))
        } catch {
            throw places.error(body.place, keyword, .invalidPattern(error.text))
        }
        return Int32(parts.patterns.count - 1)
    }

    private func compileNumbers(_ body: inout SchemaBody) throws(SchemaError) {
        if let bound = try number("minimum", body) { body.instructions.append(.minimum(bound)) }
        if let bound = try number("maximum", body) { body.instructions.append(.maximum(bound)) }
        if let bound = try number("exclusiveMinimum", body) {
            body.instructions.append(.exclusiveMinimum(bound))
        }
        if let bound = try number("exclusiveMaximum", body) {
            body.instructions.append(.exclusiveMaximum(bound))
        }
        if let divisor = try number("multipleOf", body) {
            guard divisor.isDivisor, divisor.isPositive else {
                throw invalid(body, "multipleOf", "must be above 0, with at most 18 digits")
            }
            body.instructions.append(.multipleOf(divisor))
        }
    }

    private func number(_ keyword: StaticString, _ body: SchemaBody) throws(SchemaError) -> Decimal?
    {
        guard let value = body.view.member(keyword) else { return nil }
        guard value.kind == .number, let number = Decimal(value.bytes) else {
            throw invalid(body, "\(keyword)", "must be a number")
        }
        return number
    }

    /// A non-negative integer.
    func count(_ keyword: StaticString, _ body: SchemaBody) throws(SchemaError) -> Int? {
        guard let number = try number(keyword, body) else { return nil }
        guard let count = number.smallInteger, count >= 0 else {
            throw invalid(body, "\(keyword)", "must be a non-negative integer")
        }
        return Int(count)
    }
}
