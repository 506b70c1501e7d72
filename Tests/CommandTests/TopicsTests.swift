// Topics against their contract: each fault found, each repaired that can be.

import Configuration
import EventLog
import EventModel
import Testing

@testable import holdfast

@Suite struct TopicsTests {
    private func harness() -> Harness {
        let harness = Harness()
        for contract in TopicContract.all {
            harness.log.topics[contract.topic] = TopicDescription(
                partitions: contract.partitions, replication: contract.replication,
                settings: contract.kafkaSettings)
        }
        return harness
    }

    @Test func `topics as the contract wants them are fine`() {
        let answer = harness().run("topics", "check")
        #expect(answer.code == .success)
        #expect(answer.lines.count == Topic.allCases.count + 1)
        #expect(answer.lines.dropFirst().allSatisfy { $0.hasSuffix("ok") })
    }

    @Test(arguments: [
        (
            Topic.mesExecution, "retention.ms", "3600000",
            "retention.ms is 3600000, shorter than the dedupe window of 24h"
        ),
        (
            .audit, "retention.ms", "1",
            "retention.ms is 1, shorter than the dedupe window of 24h"
        ),
        (.gates, "cleanup.policy", "delete", "cleanup.policy is delete, not compact"),
        (
            .qmsQuality, "message.timestamp.type", "CreateTime",
            "message.timestamp.type is CreateTime, not LogAppendTime"
        ),
        (.deadLetters, "max.message.bytes", "1000", "max.message.bytes is 1000, not "),
        (.state, "delete.retention.ms", "3600000", "delete.retention.ms is 3600000, not "),
    ])
    func `a wrong setting is found, exits with 78, and apply corrects it`(
        topic: Topic, name: String, value: String, text: String
    ) {
        let harness = harness()
        harness.log.topics[topic]?.settings[name] = value
        let answer = harness.run("topics", "check")
        #expect(answer.code == .configuration)
        #expect(answer.output.contains(text))
        #expect(harness.log.altered.isEmpty, "check changes nothing")
        #expect(harness.run("topics", "apply").code == .success)
        #expect(harness.log.altered[topic]?.keys.sorted() == [name])
    }

    @Test func `a longer retention and a larger limit are the plant's own choice`() {
        let harness = harness()
        harness.log.topics[.mesExecution]?.settings["retention.ms"] = "-1"
        harness.log.topics[.holds]?.settings["retention.ms"] = "1000"
        harness.log.topics[.holds]?.settings["max.message.bytes"] = "99999999"
        harness.log.topics[.state]?.settings["delete.retention.ms"] = "99999999999"
        #expect(harness.run("topics", "check").code == .success)
    }

    @Test func `a broken co-partitioning is found and cannot be applied away`() {
        let harness = harness()
        harness.log.topics[.signals]?.partitions = 3
        let answer = harness.run("topics", "apply")
        #expect(answer.code == .configuration)
        #expect(answer.output.contains("3 partitions, but mes.execution has 4: they must be equal"))
        #expect(answer.error.contains("A partition count cannot be changed"))
        #expect(harness.log.topics[.signals]?.partitions == 3)
    }

    @Test func `missing topics are made with the count that is there already`() {
        let harness = harness()
        for topic in Topic.copartitioned { harness.log.topics[topic]?.partitions = 7 }
        harness.log.topics[.state] = nil
        harness.log.topics[.holds] = nil
        #expect(harness.run("topics", "check").code == .configuration)
        let answer = harness.run("topics", "apply", "--replication", "3")
        #expect(answer.code == .success)
        #expect(harness.log.topics[.state]?.partitions == 7)
        #expect(harness.log.topics[.state]?.replication == 3)
        #expect(harness.log.topics[.holds]?.partitions == 4)
        #expect(harness.log.topics[.state]?.settings["cleanup.policy"] == "compact")
    }

    @Test func `a larger dedupe window wants a longer retention`() {
        let harness = harness()
        #expect(harness.run("topics", "check", "--dedupe-window", "10d").code == .configuration)
        #expect(harness.run("topics", "apply", "--dedupe-window", "10d").code == .success)
        #expect(harness.log.altered[.mesExecution]?["retention.ms"] == "864000000")
    }
}
