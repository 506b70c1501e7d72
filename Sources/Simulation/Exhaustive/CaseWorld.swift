// One case's world: a log with all topics, a clock, and what its workers have left when it is over.

import Contracts
import EventLog
import EventModel
import Store
import Worker

/// What went wrong in a case, as sentences.
struct CaseFailure: Error { var findings: [String] }

/// A log and its clock. Used by one thread at a time.
final class CaseWorld {
    static let deployment = "test"
    let clock = CaseClock(milliseconds: CaseEvent.start.milliseconds)
    let log: SimulatedLog
    let registry: ContractRegistry
    let partitions: Int32
    var limits = Limits()

    init(partitions: Int32, registry: ContractRegistry) throws(LogError) {
        self.partitions = partitions
        self.registry = registry
        let clock = clock
        log = SimulatedLog(clock: { clock.now })
        limits.commitIntervalMilliseconds = 2
        // The store's part of a commit comes right behind it, where the accidents look for it.
        limits.storeDelayMilliseconds = 0
        let admin = SimulatedLogAdmin(log)
        for topic in Topic.allCases {
            try admin.create(
                topic, as: TopicDescription(partitions: partitions, replication: 1, settings: [:]))
        }
    }

    /// Appends events, the clock moving between them.
    func produce(_ events: [CaseEvent]) throws(LogError) {
        let writer = SimulatedLogWriter(log)
        for event in events {
            let key = Array(event.key.utf8)
            let value = Array(event.value.utf8)
            try withView(key) { (key) throws(LogError) in
                try withView(value) { (value) throws(LogError) in
                    try writer.write(
                        topic: event.topic, partition: nil, key: key, value: value, headers: [])
                }
            }
            clock.advance(milliseconds: CaseEvent.intervalMilliseconds)
        }
    }

    private static let outputs: [Topic] = [
        .holds, .deviations, .alerts, .changes, .gates, .deadLetters,
    ]

    /// Everything a reader of the outputs has seen, by topic-partition, in its order. Of a dead
    /// letter, only where it came from and why; without the instants at which batches were decided,
    /// which are luck (the checkers hold them against the batch records).
    func seen() -> [TopicPartition: [String]] {
        var found: [TopicPartition: [String]] = [:]
        for topic in Self.outputs {
            for number in 0..<(log.topics[topic]?.partitions ?? 0) {
                let place = TopicPartition(topic, Partition(number))
                var at: Int64 = 0
                var lines: [String] = []
                while let record = log.next(of: place, from: &at, isolation: .committed) {
                    lines.append(
                        topic == .deadLetters ? Self.origin(of: record) : Self.content(of: record))
                }
                found[place] = lines
            }
        }
        return found
    }

    private static func content(of record: PlainRecord) -> String {
        let parts = record.text.split(separator: #""since":""#, maxSplits: 1)
        guard parts.count == 2 else { return record.text }
        return parts[0] + #""since":"# + parts[1].drop { $0 != "\"" }
    }

    private static func origin(of record: PlainRecord) -> String {
        record.headers.filter { $0.name.hasPrefix("hf_") }
            .filter { ["hf_topic", "hf_partition", "hf_offset", "hf_reason"].contains($0.name) }
            .map { "\($0.name)=\(String(decoding: $0.value ?? [], as: UTF8.self))" }
            .sorted().joined(separator: " ")
    }

    /// What an independent model has to say about the log and these disks.
    func findings(_ workers: [CaseWorker]) -> [String] {
        var evidence = RunEvidence(log, deployment: Self.deployment)
        do throws(StoreError) {
            for worker in workers { evidence.disks += try worker.evidence() }
        } catch {
            return ["a disk cannot be read: \(error)"]
        }
        return Checkers.examine(evidence).map(\.description)
    }
}
