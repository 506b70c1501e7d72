// Topics as they are, and the error that names one that is not there.

import EventLog
import EventModel

extension Conformance {
    @Sendable static func topicsAreAdministered(_ log: any LogFixture) throws {
        let admin = try log.makeAdmin()
        defer { admin.close() }
        let wanted = TopicDescription(
            partitions: 3, replication: 1,
            settings: ["cleanup.policy": "delete", "retention.ms": "604800000"])
        try requireEqual(
            try admin.describe([.changes, .holds]).keys.sorted(), [.holds],
            "topics described, one of which is absent")
        try admin.create(.changes, as: wanted)
        try log.wait([], for: "a topic that was made is described") {
            try admin.describe([.changes])[.changes]?.partitions == 3
        }
        let found = try admin.describe([.changes])[.changes]
        try requireEqual(found?.settings["retention.ms"], "604800000", "a setting asked for")
        do {
            try admin.create(.changes, as: wanted)
            throw ConformanceFailure("a topic was made twice")
        } catch let error as LogError {
            try require(
                error.message.contains(Topic.changes.name),
                "the refusal to make a topic twice names it: \(error)")
        }
        try admin.alter(.changes, settings: ["retention.ms": "1209600000"])
        try log.wait([], for: "an altered setting is described") {
            try admin.describe([.changes])[.changes]?.settings["retention.ms"] == "1209600000"
        }
        try requireEqual(
            try admin.describe([.changes])[.changes]?.settings["cleanup.policy"], "delete",
            "a setting not altered")
    }

    @Sendable static func missingTopicIsNamed(_ log: any LogFixture) throws {
        let reader = try log.makeReader()
        defer { reader.close() }
        let writer = try log.makeWriter()
        defer { writer.close() }
        let partition = TopicPartition(.changes, Partition(0))
        try requireNamed("partition count") { () throws(LogError) in
            _ = try reader.partitionCount(of: .changes)
        }
        try requireNamed("end") { () throws(LogError) in
            _ = try reader.end(of: partition, isolation: .committed)
        }
        try requireNamed("write") { () throws(LogError) in
            try writer.write(
                topic: .changes, partition: Partition(0), key: nil, value: nil, headers: [])
            try writer.flush()
        }
        // A stream writes to every topic of the contract: it says so before it begins.
        try requireNamed("a stream's start") { () throws(LogError) in
            let stream: any StreamLog
            do { stream = try log.makeStream(named: "a") } catch let error as LogError {
                throw error
            } catch {
                return
            }
            defer { stream.close() }
            try stream.open()
        }
    }

    private static func requireNamed(_ what: String, _ body: () throws(LogError) -> Void) throws {
        do { try body() } catch {
            try require(
                error.message.contains(Topic.changes.name)
                    && error.hint.contains("holdfast topics apply"),
                "\(what): the error names the topic and the way out: \(error)")
            return
        }
        throw ConformanceFailure("\(what): a topic that is not there was accepted")
    }
}
