// Reads the members of one mapping by name; what was not asked for at the end is unknown, and an
// error. Used for topic files and the policy.

/// Takes a mapping apart, remembering which names are known.
struct MappingReader {
    private let node: YAMLNode
    private let entries: [YAMLNode.Entry]
    private var known: [String] = []

    init(_ node: YAMLNode) throws(ConfigurationError) {
        guard case .mapping(let entries) = node.content else {
            throw node.error("\(node.kindName) where a mapping is expected")
        }
        self.node = node
        self.entries = entries
    }

    /// The member, or nil; the name is known from now on.
    mutating func optional(_ name: String) -> YAMLNode? {
        known.append(name)
        return node.member(name)
    }

    /// The member; an error when it is missing.
    mutating func required(_ name: String) throws(ConfigurationError) -> YAMLNode {
        guard let member = optional(name) else { throw node.error("'\(name)' is missing") }
        return member
    }

    mutating func text(_ name: String) throws(ConfigurationError) -> (value: String, node: YAMLNode)
    {
        let member = try required(name)
        return (try Self.text(member, called: name), member)
    }

    mutating func integer(_ name: String, in range: ClosedRange<Int64>) throws(ConfigurationError)
        -> Int64
    {
        let member = try required(name)
        guard case .number(let text) = member.scalar, let value = Int64(text) else {
            throw member.error("'\(name)' is no whole number")
        }
        guard range.contains(value) else {
            let most = range.upperBound == .max ? "" : " and at most \(range.upperBound)"
            throw member.error(
                "'\(name)' is \(value)", wayOut: "It must be at least \(range.lowerBound)\(most)")
        }
        return value
    }

    mutating func boolean(_ name: String) throws(ConfigurationError) -> Bool {
        let member = try required(name)
        guard case .boolean(let value) = member.scalar else {
            throw member.error("'\(name)' is neither true nor false")
        }
        return value
    }

    mutating func choice(_ name: String, of choices: [String]) throws(ConfigurationError) -> String
    {
        let (value, member) = try text(name)
        try Self.check(value, at: member, among: choices)
        return value
    }

    /// A list of texts.
    mutating func texts(_ name: String) throws(ConfigurationError) -> [String] {
        var values: [String] = []
        for element in try elements(name) { values.append(try Self.text(element, called: name)) }
        return values
    }

    /// The elements of a list.
    mutating func elements(_ name: String) throws(ConfigurationError) -> [YAMLNode] {
        let member = try required(name)
        guard case .sequence(let elements) = member.content else {
            throw member.error("'\(name)' is \(member.kindName), not a list")
        }
        return elements
    }

    /// A mapping of names to single values, as written.
    mutating func textMapping(_ name: String) throws(ConfigurationError) -> [String: String] {
        let member = try required(name)
        guard case .mapping(let entries) = member.content else {
            throw member.error("'\(name)' is \(member.kindName), not a mapping")
        }
        var values: [String: String] = [:]
        for entry in entries {
            guard case .scalar(let text, _) = entry.value.content else {
                throw entry.value.error("'\(entry.name)' takes one value")
            }
            values[entry.name] = text
        }
        return values
    }

    /// Refuses the members that nobody asked for.
    func finish() throws(ConfigurationError) {
        for entry in entries where !known.contains(entry.name) {
            throw ConfigurationError(
                kind: .configuration,
                place: "\(node.file):\(entry.position.line):\(entry.position.column)",
                cause: "unknown member '\(entry.name)'",
                wayOut: NearestName.question(entry.name, among: known))
        }
    }

    static func text(_ node: YAMLNode, called name: String) throws(ConfigurationError) -> String {
        guard case .scalar(let text, _) = node.content, node.scalar != .null else {
            throw node.error("'\(name)' takes a text")
        }
        return text
    }

    /// Refuses a text that is none of the choices.
    static func check(_ value: String, at node: YAMLNode, among choices: [String])
        throws(ConfigurationError)
    {
        guard choices.contains(value) else {
            let question = NearestName.question(value, among: choices)
            throw node.error(
                "'\(value)' is none of \(choices.joined(separator: ", "))", wayOut: question)
        }
    }
}
