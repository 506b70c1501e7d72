// `holdfast topics check|apply`: the log against topics/*.yaml. What check reports is what would
// break the worker later, so it exits with 78; apply repairs what can be repaired.

import Configuration
import EventLog
import EventModel
import Glibc

/// Compares topics with their contract, and makes them.
package enum TopicsCommand {
    package static func run(_ call: Invocation) throws(CommandError) {
        let admin = try reaching { () throws(LogError) in try call.logs.admin(call.settings) }
        defer { admin.close() }
        var comparison = try compare(admin, call)
        if call.arguments.first == "apply" {
            try apply(comparison, admin, call)
            comparison = try settled(admin, call)
        }
        print(comparison, call)
        guard comparison.problems.isEmpty else {
            let count = comparison.problems.count
            let wayOut =
                comparison.problems.contains { $0.isRepairable }
                ? "'holdfast topics apply' makes missing topics and corrects settings"
                : "A partition count cannot be changed: make the topics anew, or use another "
                    + "--topic-prefix"
            throw CommandError(
                .configuration, "topics", "\(count) \(count == 1 ? "problem" : "problems")",
                wayOut: wayOut)
        }
    }

    /// The comparison once everything made is known: brokers learn of a new topic one after the
    /// other, and any of them may answer, with a topic missing or a refusal. After 5 s it is told.
    private static func settled(_ admin: any LogAdmin, _ call: Invocation) throws(CommandError)
        -> TopicComparison
    {
        for _ in 0..<50 {
            if let found = try? compare(admin, call),
                !found.problems.contains(where: \.isRepairable)
            {
                return found
            }
            usleep(100_000)
        }
        return try compare(admin, call)
    }

    private static func compare(_ admin: any LogAdmin, _ call: Invocation) throws(CommandError)
        -> TopicComparison
    {
        let found = try reaching { () throws(LogError) in try admin.describe(Topic.allCases) }
        return TopicComparison(
            contracts: TopicContract.all, found: found,
            partitions: call.settings.integer(.partitions).map { Int32($0) },
            dedupeWindowMilliseconds: call.settings.milliseconds(.dedupeWindow) ?? 86_400_000)
    }

    private static func apply(
        _ comparison: TopicComparison, _ admin: any LogAdmin, _ call: Invocation
    ) throws(CommandError) {
        let replication = call.settings.integer(.replication).map { Int32($0) }
        for contract in TopicContract.all {
            let name = (call.settings.text(.topicPrefix) ?? "") + contract.topic.name
            if comparison.found[contract.topic] == nil {
                let wanted = TopicDescription(
                    partitions: comparison.wantedPartitions(of: contract),
                    replication: replication ?? contract.replication,
                    settings: contract.kafkaSettings)
                try reaching { () throws(LogError) in try admin.create(contract.topic, as: wanted) }
                call.terminal.note("Made \(name) with \(wanted.partitions) partitions.")
            } else if let settings = comparison.corrections[contract.topic] {
                try reaching { () throws(LogError) in
                    try admin.alter(contract.topic, settings: settings)
                }
                let names = settings.keys.sorted().joined(separator: ", ")
                call.terminal.note("Corrected \(names) of \(name).")
            }
        }
    }

    private static func print(_ comparison: TopicComparison, _ call: Invocation) {
        let terminal = call.terminal
        guard !call.settings.isJSON else {
            for contract in TopicContract.all {
                terminal.line(bytes: json(contract, comparison))
            }
            return
        }
        var rows: [[String]] = []
        for contract in TopicContract.all {
            let found = comparison.found[contract.topic]
            let problems = comparison.problems.filter { $0.topic == contract.topic }
            rows.append([
                contract.topic.name, found.map { String($0.partitions) } ?? "-",
                found.map { String($0.replication) } ?? "-",
                problems.isEmpty ? "ok" : problems.map(\.text).joined(separator: "; "),
            ])
        }
        let lines = Table.lines(head: ["TOPIC", "PARTITIONS", "REPLICAS", "STATE"], rows: rows)
        for (index, line) in lines.enumerated() {
            let isFine = index == 0 || rows[index - 1][3] == "ok"
            terminal.line(isFine ? line : terminal.styled(line, .red))
        }
    }

    private static func json(_ contract: TopicContract, _ comparison: TopicComparison) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        let found = comparison.found[contract.topic]
        if let found { json.member("partitions", Int64(found.partitions)) }
        json.name("problems")
        json.beginArray()
        for problem in comparison.problems where problem.topic == contract.topic {
            json.string(problem.text)
        }
        json.endArray()
        if let found { json.member("replication", Int64(found.replication)) }
        json.member("topic", contract.topic.name)
        json.endObject()
        return json.bytes
    }
}
