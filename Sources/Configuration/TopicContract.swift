// A topic as topics/*.yaml wants it. The files are embedded in the binary (ContractFiles), so that
// `topics check` needs nothing but the log.

import Contracts
package import EventModel

/// What a topic must be.
package struct TopicContract: Equatable, Sendable {
    package let topic: Topic
    package let partitions: Int32
    package let replication: Int32
    /// -1: for ever (or as compaction has it).
    package let retentionMilliseconds: Int64
    /// Kafka's cleanup.policy: delete or compact.
    package let cleanup: String
    /// Kafka's message.timestamp.type.
    package let timestampType: String
    /// What the key is, for people.
    package let key: String
    /// The event types that it carries; empty for internal topics.
    package let types: [String]
    /// Further settings by Kafka's names.
    package let settings: [String: String]

    /// All settings by Kafka's names, as `topics apply` sets them.
    package var kafkaSettings: [String: String] {
        var all = settings
        all["retention.ms"] = String(retentionMilliseconds)
        all["cleanup.policy"] = cleanup
        all["message.timestamp.type"] = timestampType
        return all
    }

    /// The embedded contract, in the order of the table of topics. A fault in it is ours.
    package static let all: [TopicContract] = Topic.allCases.map { topic in
        guard let text = ContractFiles.text("\(topic.name).yaml") else {
            preconditionFailure("topics/\(topic.name).yaml is not embedded")
        }
        do throws(ConfigurationError) {
            return try TopicContract(
                yaml: Array(text.utf8), file: "topics/\(topic.name).yaml", limits: Limits())
        } catch {
            preconditionFailure(error.description)
        }
    }

    /// Reads a topic file.
    package init(yaml: [UInt8], file: String, limits: Limits) throws(ConfigurationError) {
        guard let root = try YAMLReader.read(yaml, file: file, limits: limits) else {
            throw ConfigurationError(
                kind: .configuration, place: "\(file):1:1", cause: "the file is empty")
        }
        var reader = try MappingReader(root)
        let name = try reader.text("name")
        guard let topic = Topic(name: name.value) else {
            throw name.node.error(
                "no topic '\(name.value)'",
                wayOut: NearestName.question(name.value, among: Topic.allCases.map(\.name)))
        }
        self.topic = topic
        partitions = Int32(try reader.integer("partitions", in: 1...10_000))
        replication = Int32(try reader.integer("replication", in: 1...9))
        retentionMilliseconds = try reader.integer("retentionMs", in: -1...Int64.max)
        cleanup = try reader.choice("cleanup", of: ["delete", "compact", "compact,delete"])
        timestampType = try reader.choice("timestampType", of: ["LogAppendTime", "CreateTime"])
        key = try reader.text("key").value
        types = try reader.texts("types")
        settings = try reader.textMapping("settings")
        try reader.finish()
    }
}
