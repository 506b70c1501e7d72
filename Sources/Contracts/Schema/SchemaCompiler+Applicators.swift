// Keywords that hold schemas, or speak about several members or elements at once.

import EventModel

extension SchemaCompiler {
    mutating func compileArrays(_ body: inout SchemaBody) throws(SchemaError) {
        if let least = try count("minItems", body) { body.instructions.append(.minItems(least)) }
        if let most = try count("maxItems", body) { body.instructions.append(.maxItems(most)) }
        if let value = body.view.member("uniqueItems") {
            guard value.kind == .true || value.kind == .false else {
                throw invalid(body, "uniqueItems", "must be a boolean")
            }
            if value.kind == .true { body.instructions.append(.uniqueItems) }
        }
        let prefix = try schemas("prefixItems", body) ?? []
        let rest = try schema("items", body) ?? -1
        if !prefix.isEmpty || rest >= 0 {
            body.instructions.append(.items(prefix: append(prefix, to: \.children), rest: rest))
        }
        let least = try count("minContains", body)
        let most = try count("maxContains", body)
        if let schema = try schema("contains", body) {
            body.instructions.append(
                .contains(schema: schema, minimum: least ?? 1, maximum: most ?? Int.max))
        }
    }

    mutating func compileObjects(_ body: inout SchemaBody) throws(SchemaError) {
        if let least = try count("minProperties", body) {
            body.instructions.append(.minProperties(least))
        }
        if let most = try count("maxProperties", body) {
            body.instructions.append(.maxProperties(most))
        }
        try compileRules(&body)
        if let value = body.view.member("dependentRequired") {
            for (name, needed) in try members(value, "dependentRequired", body) {
                let needs = append(
                    try names(needed, "dependentRequired", body), to: \.names)
                body.instructions.append(.dependentRequired(name: name, needs: needs))
            }
        }
        if let value = body.view.member("dependentSchemas") {
            for (name, inner) in try members(value, "dependentSchemas", body) {
                let schema = try schema(at: body.place(of: inner))
                apply(schema, from: body.index)
                body.instructions.append(.dependentSchema(name: name, schema: schema))
            }
        }
        if let schema = try schema("propertyNames", body) {
            body.instructions.append(.propertyNames(schema))
        }
    }

    /// `properties`, `required`, `patternProperties` and `additionalProperties` as one instruction.
    private mutating func compileRules(_ body: inout SchemaBody) throws(SchemaError) {
        var rules = ObjectRules()
        var properties: [PropertyRule] = []
        if let value = body.view.member("properties") {
            for (name, inner) in try members(value, "properties", body) {
                let schema = try schema(at: body.place(of: inner))
                properties.append(PropertyRule(name: name, schema: schema))
            }
        }
        if let value = body.view.member("required") {
            try require(try names(value, "required", body), &properties, &rules, &body)
        }
        var patterns: [Int32] = []
        if let value = body.view.member("patternProperties") {
            for (name, inner) in try members(value, "patternProperties", body) {
                patterns.append(try pattern(name, "patternProperties", body))
                patterns.append(try schema(at: body.place(of: inner)))
            }
        }
        rules.additional = try schema("additionalProperties", body) ?? -1
        guard !properties.isEmpty || !patterns.isEmpty || rules.additional >= 0 else { return }
        rules.patterns = append(patterns, to: \.children)
        rules.properties = append(properties, to: \.properties)
        rules.slots = append(
            Self.slots(properties, from: rules.properties.start), to: \.children)
        parts.objects.append(rules)
        body.instructions.append(.object(Int32(parts.objects.count - 1)))
    }

    /// Gives each required name a bit; those beyond 64 are looked up one by one.
    private func require(
        _ names: [ByteView], _ properties: inout [PropertyRule], _ rules: inout ObjectRules,
        _ body: inout SchemaBody
    ) throws(SchemaError) {
        for (position, name) in names.enumerated() {
            if position >= 64 {
                body.instructions.append(.require(name))
                continue
            }
            let bit = UInt64(1) << UInt64(position)
            if let index = properties.firstIndex(where: { $0.name.isSame(as: name) }) {
                guard properties[index].requiredBit == 0 else {
                    throw invalid(body, "required", "names \(name.text) twice")
                }
                properties[index].requiredBit = bit
            } else {
                properties.append(PropertyRule(name: name, requiredBit: bit))
            }
            rules.required |= bit
        }
    }

    /// An open hash table, at most half full.
    private static func slots(_ properties: [PropertyRule], from start: Int32) -> [Int32] {
        guard !properties.isEmpty else { return [] }
        var size = 2
        while size < properties.count * 2 { size *= 2 }
        var slots = [Int32](repeating: -1, count: size)
        for (index, property) in properties.enumerated() {
            var slot = ObjectRules.hash(property.name) & (size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = start + Int32(index)
        }
        return slots
    }

    mutating func compileApplicators(_ body: inout SchemaBody) throws(SchemaError) {
        if let value = body.view.member("$ref") {
            guard value.kind == .string else { throw invalid(body, "$ref", "must be a string") }
            let text = value.bytes.text
            guard let target = places.resolve(text, from: body.place) else {
                throw places.error(body.place, "$ref", .unresolvedReference(text))
            }
            let schema = try schema(at: target)
            apply(schema, from: body.index)
            body.instructions.append(.reference(schema))
        }
        if let range = try inPlace("allOf", body) { body.instructions.append(.allOf(range)) }
        if let range = try inPlace("anyOf", body) { body.instructions.append(.anyOf(range)) }
        if let range = try inPlace("oneOf", body) { body.instructions.append(.oneOf(range)) }
        if let schema = try schema("not", body) {
            apply(schema, from: body.index)
            body.instructions.append(.not(schema))
        }
        let then = try schema("then", body) ?? -1
        let otherwise = try schema("else", body) ?? -1
        if let test = try schema("if", body), then >= 0 || otherwise >= 0 {
            for schema in [test, then, otherwise] where schema >= 0 {
                apply(schema, from: body.index)
            }
            body.instructions.append(.condition(test: test, then: then, otherwise: otherwise))
        }
    }

    private mutating func inPlace(
        _ keyword: StaticString, _ body: SchemaBody
    ) throws(SchemaError) -> SchemaRange? {
        guard let schemas = try schemas(keyword, body) else { return nil }
        for schema in schemas { apply(schema, from: body.index) }
        return append(schemas, to: \.children)
    }

    private mutating func schema(
        _ keyword: StaticString, _ body: SchemaBody
    ) throws(SchemaError) -> Int32? {
        guard let value = body.view.member(keyword) else { return nil }
        return try schema(at: body.place(of: value))
    }

    private mutating func schemas(
        _ keyword: StaticString, _ body: SchemaBody
    ) throws(SchemaError) -> [Int32]? {
        guard let value = body.view.member(keyword) else { return nil }
        guard value.kind == .array, value.childCount > 0 else {
            throw invalid(body, "\(keyword)", "must be an array of schemas, and not empty")
        }
        var places: [SchemaPlace] = []
        value.forEachElement { places.append(body.place(of: $0)) }
        var schemas: [Int32] = []
        for place in places { schemas.append(try schema(at: place)) }
        return schemas
    }

    private func members(
        _ value: JSONView, _ keyword: String, _ body: SchemaBody
    ) throws(SchemaError) -> [(ByteView, JSONView)] {
        guard value.kind == .object else { throw invalid(body, keyword, "must be an object") }
        var members: [(ByteView, JSONView)] = []
        value.forEachMember { members.append(($0, $1)) }
        return members
    }

    private func names(
        _ value: JSONView, _ keyword: String, _ body: SchemaBody
    ) throws(SchemaError) -> [ByteView] {
        var names: [ByteView] = []
        var isValid = value.kind == .array
        value.forEachElement { element in
            if element.kind == .string { names.append(element.bytes) } else { isValid = false }
        }
        guard isValid else { throw invalid(body, keyword, "must be an array of names") }
        return names
    }
}
