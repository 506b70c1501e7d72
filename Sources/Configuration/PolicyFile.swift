// policy.yaml -> Decisions.Policy. The shape is topics/schemas/policy.json; what is wrong is told
// by line and column, because a policy decides which lots are held.

import Contracts
package import Decisions
package import EventModel

/// Reads policies.
package enum PolicyFile {
    /// Reads and checks a policy file.
    package static func read(_ path: String, limits: Limits) throws(ConfigurationError) -> Policy {
        let bytes = try ConfigurationFile.bytes(of: path, limit: limits.configurationBytesMax)
        return try policy(bytes, file: path, limits: limits)
    }

    /// The policy in a text.
    package static func policy(_ bytes: [UInt8], file: String, limits: Limits)
        throws(ConfigurationError) -> Policy
    {
        guard let root = try YAMLReader.read(bytes, file: file, limits: limits) else {
            throw ConfigurationError(
                kind: .configuration, place: "\(file):1:1", cause: "the policy is empty",
                wayOut: "Copy topics/policy.yaml and edit the copy")
        }
        var reader = try MappingReader(root)
        let version = try reader.integer("version", in: 1...Int64.max)
        guard version == Policy.version else {
            throw root.error(
                "version \(version) of the policy's shape; this holdfast reads "
                    + "\(Policy.version)", wayOut: "Use the holdfast that the policy is for")
        }
        var rules: [Policy.HoldRule] = []
        for element in try reader.elements("holds") { rules.append(try rule(element)) }
        let policy = Policy(
            holds: rules,
            defaultSeverities: try severities(try reader.required("defaultSeverities")),
            signals: try words(try reader.required("signals"), "signals"),
            correlation: try correlation(try reader.required("correlation")),
            intake: try intake(try reader.required("intake")))
        try reader.finish()
        // The reader above gives the better messages; the schema is the contract, so it has the
        // last word: what it refuses (a text too long, a list with doubles) never becomes a policy.
        try checkSchema(root, limits: limits)
        return policy
    }

    private static func checkSchema(_ root: YAMLNode, limits: Limits) throws(ConfigurationError) {
        guard let schema = ContractFiles.text("schemas/policy.json"),
            let checker = try? SchemaChecker.compile(schema)
        else { preconditionFailure("topics/schemas/policy.json is embedded and compiles") }
        var parser = JSONParser(limits: limits)
        let bytes = root.canonicalJSON
        let violation = bytes.withUnsafeBytes { text -> (pointer: String, message: String)? in
            do throws(JSONError) {
                return checker.check(try parser.parse(text)).map { ($0.pointer, $0.message) }
            } catch { return ("", error.description) }
        }
        guard let violation else { return }
        throw root.nearest(toPointer: violation.pointer).error(violation.message)
    }

    private static func rule(_ node: YAMLNode) throws(ConfigurationError) -> Policy.HoldRule {
        var reader = try MappingReader(node)
        let type: Trigger = try word(try reader.required("type"))
        let limitNode = reader.optional("limitKinds")
        if let limitNode, type != .limitExceeded {
            throw limitNode.error(
                "'\(type.rawValue)' has no kind of limit", wayOut: "Remove 'limitKinds'")
        }
        var limitKinds: [LimitKind]?
        if let limitNode { limitKinds = try someWords(limitNode, "limitKinds") }
        let severities: [Severity] = try someWords(try reader.required("severities"), "severities")
        let holds: [HoldTarget] = try someWords(try reader.required("holds"), "holds")
        let (owner, ownerNode) = try reader.text("owner")
        guard !owner.isEmpty else { throw ownerNode.error("'owner' is empty") }
        try reader.finish()
        return Policy.HoldRule(
            type: type, limitKinds: limitKinds, severities: severities, holds: holds, owner: owner)
    }

    private static func severities(_ node: YAMLNode) throws(ConfigurationError)
        -> [Trigger: Severity]
    {
        guard case .mapping(let entries) = node.content else {
            throw node.error("'defaultSeverities' is \(node.kindName), not a mapping")
        }
        var result: [Trigger: Severity] = [:]
        for entry in entries {
            let name = YAMLNode(
                content: .scalar(entry.name, isPlain: true), position: entry.position,
                file: node.file)
            let trigger: Trigger = try word(name)
            result[trigger] = try word(entry.value)
        }
        return result
    }

    private static func correlation(_ node: YAMLNode) throws(ConfigurationError)
        -> Policy.Correlation
    {
        var reader = try MappingReader(node)
        let dimensionNode = try reader.required("dimensions")
        let dimensions: [Dimension] = try words(dimensionNode, "dimensions")
        if dimensions.contains(.event) {
            throw dimensionNode.error(
                "'event' is what is left when nothing else applies", wayOut: "Remove it")
        }
        let correlation = Policy.Correlation(
            trustedSources: try reader.texts("trustedSources"), dimensions: dimensions,
            gapSeconds: try reader.integer("gapSeconds", in: 1...yearSeconds),
            spanSeconds: try reader.integer("spanSeconds", in: 1...yearSeconds),
            membersMax: Int(
                try reader.integer("membersMax", in: 1...Int64(Limits.groupMembersMax))),
            groupRetentionSeconds: try reader.integer(
                "groupRetentionSeconds", in: 1...yearSeconds))
        try reader.finish()
        return correlation
    }

    private static let yearSeconds: Int64 = 31_536_000

    private static func intake(_ node: YAMLNode) throws(ConfigurationError) -> Policy.Intake {
        var reader = try MappingReader(node)
        let sourcesNode = try reader.required("acceptedSources")
        var sources: [String]?
        if sourcesNode.scalar != .string("all") {
            guard case .sequence = sourcesNode.content else {
                throw sourcesNode.error(
                    "'acceptedSources' is neither 'all' nor a list",
                    wayOut: "Write all, or [/mes/plant-1, /qms/site]")
            }
            let list = try reader.texts("acceptedSources")
            guard !list.isEmpty else {
                throw sourcesNode.error(
                    "'acceptedSources' is empty: nothing would be taken in", wayOut: "Write all")
            }
            sources = list
        }
        let intake = Policy.Intake(
            acceptedSources: sources,
            requireRegisteredLots: try reader.boolean("requireRegisteredLots"))
        try reader.finish()
        return intake
    }

    // MARK: Words of a closed list

    private static func word<Word: RawRepresentable & CaseIterable>(_ node: YAMLNode)
        throws(ConfigurationError) -> Word where Word.RawValue == String
    {
        let text = try MappingReader.text(node, called: "a name")
        try MappingReader.check(text, at: node, among: Word.allCases.map(\.rawValue))
        guard let word = Word(rawValue: text) else { preconditionFailure("checked above") }
        return word
    }

    /// A list of words; each at most once.
    private static func words<Word: RawRepresentable & CaseIterable & Equatable>(
        _ node: YAMLNode, _ name: String
    ) throws(ConfigurationError) -> [Word] where Word.RawValue == String {
        guard case .sequence(let elements) = node.content else {
            throw node.error("'\(name)' is \(node.kindName), not a list")
        }
        var result: [Word] = []
        for element in elements {
            let next: Word = try word(element)
            if result.contains(next) {
                throw element.error("'\(next.rawValue)' stands twice", wayOut: "Remove one")
            }
            result.append(next)
        }
        return result
    }

    /// A list of words that is not empty: an empty one would switch its rule off in silence.
    private static func someWords<Word: RawRepresentable & CaseIterable & Equatable>(
        _ node: YAMLNode, _ name: String
    ) throws(ConfigurationError) -> [Word] where Word.RawValue == String {
        let result: [Word] = try words(node, name)
        guard !result.isEmpty else {
            throw node.error("'\(name)' is empty", wayOut: "Remove the rule instead")
        }
        return result
    }
}
