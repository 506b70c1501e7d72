// Where schemas stand and what they are called: `$id`, `$anchor` and JSON pointers over all
// documents that are compiled together (JSON Schema core, sections 8.2 and 9).

import EventModel

/// A value of one of the documents.
struct SchemaPlace: Hashable {
    let document: Int
    let node: Int
}

/// The names of all schemas.
struct SchemaPlaces {
    private(set) var documents: [SchemaDocument] = []
    /// Every schema that a keyword leads to, in document order.
    private(set) var known: [SchemaPlace] = []
    private var bases: [SchemaPlace: String] = [:]
    private var resources: [String: SchemaPlace] = [:]
    private var anchors: [String: SchemaPlace] = [:]

    /// Keywords by the form of what they hold.
    static let single: Set<String> = [
        "items", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else",
        "unevaluatedItems", "unevaluatedProperties", "contentSchema",
    ]
    static let lists: Set<String> = ["allOf", "anyOf", "oneOf", "prefixItems"]
    static let maps: Set<String> = [
        "properties", "patternProperties", "$defs", "dependentSchemas",
    ]

    func view(_ place: SchemaPlace) -> JSONView {
        documents[place.document].root.at(place.node)
    }

    func error(
        _ place: SchemaPlace, _ keyword: String, _ problem: SchemaError.Problem
    ) -> SchemaError {
        let document = documents[place.document]
        return SchemaError(
            document: document.uri, pointer: document.root.pointer(to: place.node),
            keyword: keyword, problem: problem)
    }

    mutating func add(_ document: SchemaDocument) throws(SchemaError) {
        let place = SchemaPlace(document: documents.count, node: 0)
        documents.append(document)
        try register(document.uri, place)
        try scan(place, base: document.uri)
    }

    private mutating func register(
        _ name: String, _ place: SchemaPlace
    ) throws(SchemaError) {
        guard resources[name] == nil || resources[name] == place else {
            throw error(place, "$id", .invalidValue("\(name) is the name of another schema"))
        }
        resources[name] = place
    }

    private mutating func scan(_ place: SchemaPlace, base: String) throws(SchemaError) {
        let view = view(place)
        var base = base
        known.append(place)
        if let id = view.text("$id") {
            guard let reference = URIReference(id), let outer = URIReference(base),
                reference.fragment ?? "" == ""
            else { throw error(place, "$id", .invalidValue("is no URI without a fragment")) }
            base = reference.resolved(against: outer).resource
            try register(base, place)
        }
        bases[place] = base
        if let anchor = view.text("$anchor") {
            let name = base + "#" + anchor
            guard anchors[name] == nil else {
                throw error(place, "$anchor", .invalidValue("\(anchor) is the name of another"))
            }
            anchors[name] = place
        }
        var inner: [Int] = []
        view.forEachMember { name, value in
            let keyword = name.text
            if Self.single.contains(keyword) { inner.append(value.index) }
            if Self.lists.contains(keyword) { value.forEachElement { inner.append($0.index) } }
            if Self.maps.contains(keyword) { value.forEachMember { inner.append($1.index) } }
        }
        for node in inner {
            try scan(SchemaPlace(document: place.document, node: node), base: base)
        }
    }

    /// What a `$ref` at a place names; nil when nothing is known by that name.
    mutating func resolve(_ text: String, from place: SchemaPlace) -> SchemaPlace? {
        guard let base = bases[place].flatMap({ URIReference($0) }),
            let reference = URIReference(text)?.resolved(against: base),
            let resource = resources[reference.resource],
            let fragment = URIReference.decoded(reference.fragment ?? "")
        else { return nil }
        if fragment.isEmpty { return resource }
        guard fragment.hasPrefix("/") else { return anchors[reference.resource + "#" + fragment] }
        var target = resource
        var name = bases[resource] ?? reference.resource
        for token in fragment.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let child = view(target).child(named: JSONView.unescape(token)) else {
                return nil
            }
            target = SchemaPlace(document: target.document, node: child.index)
            name = bases[target] ?? name
        }
        // A place that no keyword leads to has the base of what holds it.
        if bases[target] == nil { bases[target] = name }
        return target
    }
}
