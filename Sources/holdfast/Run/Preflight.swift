// What must be true of the topics before a worker starts: that they exist, that the six that belong
// together have one partition count, that inputs and audit are kept at least as long as the dedupe
// window (docs/design.md, Topics).

import Configuration
import EventLog
import EventModel
import Glibc

/// The check before a run.
enum Preflight {
    static func check(_ call: Invocation) throws(CommandError) {
        let admin = try reaching { () throws(LogError) in try call.logs.admin(call.settings) }
        defer { admin.close() }
        let found: [Topic: TopicDescription]
        do throws(LogError) {
            found = try describe(call, admin)
        } catch {
            // Least privilege: a worker may be denied to read settings. What it needs to live it
            // finds out itself.
            guard ExitCode(of: error) == .noPermission else { throw CommandError(error) }
            call.terminal.note("holdfast: topic settings are not checked: \(error.message)")
            return
        }
        let comparison = TopicComparison(
            contracts: TopicContract.all, found: found, partitions: nil,
            dedupeWindowMilliseconds: call.settings.milliseconds(.dedupeWindow) ?? 86_400_000)
        for problem in comparison.problems where !problem.stopsWorker {
            call.terminal.note("holdfast: topic \(problem.topic.name): \(problem.text)")
        }
        let fatal = comparison.problems.filter(\.stopsWorker)
        guard let first = fatal.first else { return }
        let more = fatal.count > 1 ? " (and \(fatal.count - 1) more problems)" : ""
        throw CommandError(
            .configuration, "topic \(call.settings.text(.topicPrefix) ?? "")\(first.topic.name)",
            first.text + more,
            wayOut: first.isRepairable
                ? "'holdfast topics check' shows all; 'holdfast topics apply' makes what is missing"
                : "'holdfast topics check' shows all; a partition count cannot be changed: make "
                    + "the topics anew")
    }

    /// All topics as the log describes them. Of several brokers one may hear of a topic later than
    /// another, and whoever starts a worker right after `topics apply` asks that one.
    private static func describe(
        _ call: Invocation, _ admin: any LogAdmin
    ) throws(LogError) -> [Topic: TopicDescription] {
        var patience = 0 as Int64
        if case .kafka = call.settings.log {
            patience = Limits().unknownTopicsMillisecondsMax * 1000
        }
        var deadline: Int64?
        while true {
            let found = try admin.describe(Topic.allCases)
            let now = call.environment.monotonicMicroseconds()
            let until = deadline ?? now + patience
            if found.count == Topic.allCases.count || now >= until { return found }
            deadline = until
            usleep(100_000)
        }
    }
}
