// The instructions about arrays and objects.

import EventModel

extension SchemaRun {
    mutating func meetsArray(_ view: JSONView, _ instruction: SchemaInstruction) -> Bool {
        switch instruction {
        case .minItems(let least):
            return view.childCount >= least
                || refuse(view, "minItems", .counted("has fewer than ", least, " elements"))
        case .maxItems(let most):
            return view.childCount <= most
                || refuse(view, "maxItems", .counted("has more than ", most, " elements"))
        case .uniqueItems:
            return view.hasUniqueElements
                || refuse(view, "uniqueItems", "holds equal elements")
        case .items(let prefix, let rest): return meetsItems(view, prefix, rest)
        case .contains(let schema, let least, let most):
            return meetsContains(view, schema, least, most)
        default: preconditionFailure("an instruction about an array")
        }
    }

    private mutating func meetsItems(
        _ view: JSONView, _ prefix: SchemaRange, _ rest: Int32
    ) -> Bool {
        var at = view.index + 1
        let end = Int(view.nodes[view.index].next)
        var position = 0
        while at < end {
            let schema =
                position < Int(prefix.count)
                ? tables.children[Int(prefix.start) + position] : rest
            if schema < 0 { return true }
            if schema == SchemaCompiler.refusal {
                return refuse(view.at(at), "items", "is an element too many")
            }
            if !accepts(view.value(at: at), schema) { return false }
            at = Int(view.nodes[at].next)
            position += 1
        }
        return true
    }

    private mutating func meetsContains(
        _ view: JSONView, _ schema: Int32, _ least: Int, _ most: Int
    ) -> Bool {
        var at = view.index + 1
        let end = Int(view.nodes[view.index].next)
        var matches = 0
        while at < end {
            if accepts(view.at(at), schema) {
                matches += 1
                if matches > most {
                    return refuse(
                        view, "maxContains",
                        .counted("holds more than ", most, " elements of the asked form"))
                }
                if matches >= least && most == Int.max { return true }
            }
            at = Int(view.nodes[at].next)
        }
        return matches >= least
            || refuse(
                view, least == 1 ? "contains" : "minContains",
                .counted("holds fewer than ", least, " elements of the asked form"))
    }

    mutating func meetsObject(_ view: JSONView, _ instruction: SchemaInstruction) -> Bool {
        switch instruction {
        case .minProperties(let least):
            return view.childCount >= least
                || refuse(view, "minProperties", .counted("has fewer than ", least, " members"))
        case .maxProperties(let most):
            return view.childCount <= most
                || refuse(view, "maxProperties", .counted("has more than ", most, " members"))
        case .object(let rules): return meetsRules(view, tables.objects[Int(rules)])
        case .require(let name):
            return view.member(name) != nil
                || refuse(view, "required", .named("the member ", name, " is missing"))
        case .dependentRequired(let name, let needs):
            guard view.member(name) != nil else { return true }
            for index in needs.indices where view.member(tables.names[index]) == nil {
                return refuse(
                    view, "dependentRequired",
                    .named("the member ", tables.names[index], " is missing"))
            }
            return true
        case .dependentSchema(let name, let schema):
            return view.member(name) == nil || accepts(view, schema)
        case .propertyNames(let schema):
            var at = view.index + 1
            let end = Int(view.nodes[view.index].next)
            while at < end {
                if !accepts(view.at(at), schema) {
                    return refuse(
                        view.at(at), "propertyNames",
                        .named("the name ", view.at(at).bytes, " is not allowed"))
                }
                at = Int(view.nodes[at + 1].next)
            }
            return true
        default: preconditionFailure("an instruction about an object")
        }
    }

    /// One pass over the members: each by its own rule, by the patterns that its name matches, or
    /// as an additional one; the required ones are ticked off on the way.
    mutating func meetsRules(_ view: JSONView, _ rules: ObjectRules) -> Bool {
        var missing = rules.required
        var at = view.index + 1
        let end = Int(view.node.next)
        while at < end {
            let name = view.span(view.nodes[at])
            let value = view.value(at: at + 1)
            var isKnown = false
            let property = find(name, in: rules)
            if property >= 0 {
                let rule = tables.properties[property]
                missing &= ~rule.requiredBit
                if rule.schema >= 0 {
                    isKnown = true
                    if rule.schema == SchemaCompiler.refusal {
                        return refuse(
                            value, "properties", .named("the member ", name, " is not allowed"))
                    }
                    if !accepts(value, rule.schema) { return false }
                }
            }
            if rules.patterns.count > 0 {
                guard meetsPatterns(name, value, rules.patterns, &isKnown) else { return false }
            }
            if !isKnown && rules.additional >= 0 {
                if rules.additional == SchemaCompiler.refusal {
                    return refuse(
                        value, "additionalProperties",
                        .named("the member ", name, " is not allowed"))
                }
                if !accepts(value, rules.additional) { return false }
            }
            at = Int(value.node.next)
        }
        if missing == 0 { return true }
        for index in rules.properties.indices
        where tables.properties[index].requiredBit & missing != 0 {
            let name = tables.properties[index].name
            return refuse(view, "required", .named("the member ", name, " is missing"))
        }
        preconditionFailure("a required member has a rule")
    }

    private mutating func meetsPatterns(
        _ name: ByteView, _ value: JSONView, _ patterns: SchemaRange, _ isKnown: inout Bool
    ) -> Bool {
        var index = Int(patterns.start)
        while index < Int(patterns.start) + Int(patterns.count) {
            switch tables.patterns[Int(tables.children[index])].match(name) {
            case .notFound: break
            case .limitReached:
                return refuse(value, "patternProperties", Pattern.limitMessage)
            case .found:
                isKnown = true
                if !accepts(value, tables.children[index + 1]) { return false }
            }
            index += 2
        }
        return true
    }

    /// The index of the rule for that name, or -1.
    @inline(__always)
    private func find(_ name: ByteView, in rules: ObjectRules) -> Int {
        guard rules.slots.count > 0 else { return -1 }
        let mask = Int(rules.slots.count) - 1
        var slot = ObjectRules.hash(name) & mask
        while true {
            let rule = tables.children[Int(rules.slots.start) + slot]
            if rule < 0 { return -1 }
            if tables.properties[Int(rule)].name.equals(name) { return Int(rule) }
            slot = (slot + 1) & mask
        }
    }
}
