// The judges of a simulated run. They look only at what a downstream consumer, a disk and the batch
// records show, and share no code with what they judge: their own JSON, SHA-256, dedupe, merge and
// model of holds, gates, changes and groups, written from the pages.

import EventModel

/// All checks of a run.
package enum Checkers {
    /// Looks at everything a run has left; empty when all is as promised.
    package static func examine(_ evidence: RunEvidence) -> [Finding] {
        var findings = Findings()
        var policies: [[UInt8]: String] = [:]
        let chains = (0..<evidence.partitions).map {
            BatchChain(evidence, task: $0, policies: &policies, &findings)
        }
        let outputs = OutputComparison(evidence, &findings)
        let signals = chains.map { SignalNote.all(evidence, $0, &findings) }
        MemberCheck.examine(signals, outputs, &findings)
        let model = ModelRun(evidence, chains, signals: signals, &findings)
        outputs.compare(model.outputs, &findings)
        DeadLetterCheck.examine(evidence, model.refusals, &findings)
        for (chain, task) in zip(chains, model.tasks) {
            var clocks: [Topic: Int64] = [:]
            for topic in [Topic.mesExecution, .qmsQuality] {
                clocks[topic] =
                    model.windows[TopicPartition(topic, Partition(chain.task))]?.clock
            }
            StateCheck(evidence, chain).examine(task, clocks: clocks, &findings)
        }
        DedupeCheck.examine(evidence, model.windows, &findings)
        return findings.all
    }

    /// Where a record stands, for people.
    static func place(_ record: PlainRecord) -> String {
        "\(record.topic.name)/\(record.partition.rawValue)@\(record.offset.rawValue)"
    }
}
