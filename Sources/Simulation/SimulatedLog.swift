// A log in memory that behaves like Kafka where it matters and like nothing else: control markers
// take offsets and may be written late, open transactions hold back the last stable offset, groups
// have generations, and only offsets are fenced. One thread steps it; there is no luck in it but
// what a test or a world puts there (BrokerFaults).

import EventLog
package import EventModel

/// The broker: topics, transactions and the group of one deployment.
package final class SimulatedLog {
    /// What a test may have happen to the next commit of a stream.
    package enum Fault: Equatable, Sendable {
        /// The transaction is aborted; the stream is told so.
        case aborted
        /// The stream is told `outcomeUnknown`; the commit was applied or aborted.
        case outcomeUnknown(applied: Bool)
        /// The stream dies in the middle: its transaction stays open until a successor of the
        /// same name opens, or `expireTransactions`.
        case leftOpen
        /// The same, but the end was sent: the coordinator commits it later, or aborts it when the
        /// name is registered before.
        case endInFlight
    }

    private let clock: () -> Instant
    private(set) var topics: [Topic: TopicDescription] = [:]
    /// By topic's row, then by number.
    private var partitions: [[SimulatedPartition]] = Array(
        repeating: [], count: Topic.allCases.count)
    var ledger = TransactionLedger()
    let group = SimulatedGroup()
    /// The luck of the brokers; nil: everything at once and as asked.
    package var faults: BrokerFaults?
    /// Called by clients that wait for an answer, with the milliseconds they wait at most: the
    /// world moves on meanwhile.
    package var onWait: ((Int64) -> Void)?

    package init(clock: @escaping () -> Instant) { self.clock = clock }

    var now: Instant { clock() }

    var isCoordinatorAway: Bool { faults.map { $0.coordinatorAwayUntil > now } ?? false }

    func create(_ topic: Topic, _ description: TopicDescription) {
        topics[topic] = description
        partitions[Int(topic.rawValue)] = Array(
            repeating: SimulatedPartition(), count: Int(description.partitions))
        if topic == .lead { group.setPartitions(description.partitions) }
    }

    func set(_ settings: [String: String], of topic: Topic) {
        topics[topic]?.settings.merge(settings) { $1 }
    }

    func partition(_ place: TopicPartition) -> SimulatedPartition? {
        let all = partitions[Int(place.topic.rawValue)]
        return Int(place.partition.rawValue) < all.count
            ? all[Int(place.partition.rawValue)] : nil
    }

    private func change(_ place: TopicPartition, _ body: (inout SimulatedPartition) -> Void) {
        body(&partitions[Int(place.topic.rawValue)][Int(place.partition.rawValue)])
    }

    /// What is at an offset and may be shown; steps over markers and aborted records. Nil at the
    /// end. An archive shows what retention and compaction have removed, too.
    func next(
        of place: TopicPartition, from offset: inout Int64, isolation: Isolation,
        isArchive: Bool = false
    ) -> PlainRecord? {
        let topic = Int(place.topic.rawValue)
        let number = Int(place.partition.rawValue)
        guard number < partitions[topic].count else { return nil }
        let end =
            isolation == .committed
            ? partitions[topic][number].stableEnd : partitions[topic][number].end
        while offset < end {
            let at = Int(offset)
            offset += 1
            let transaction = partitions[topic][number].entries[at].transaction
            if partitions[topic][number].entries[at].isCompacted, !isArchive { continue }
            if isolation == .committed, transaction >= 0, !ledger.isCommitted(transaction) {
                continue
            }
            if let record = partitions[topic][number].entries[at].record { return record }
        }
        return nil
    }

    /// The last stable offset, or the high watermark.
    func end(of place: TopicPartition, isolation: Isolation) -> Int64 {
        let topic = Int(place.topic.rawValue)
        let number = Int(place.partition.rawValue)
        guard number < partitions[topic].count else { return 0 }
        return isolation == .committed
            ? partitions[topic][number].stableEnd : partitions[topic][number].end
    }

    func low(of place: TopicPartition) -> Int64 { partition(place)?.low ?? 0 }

    /// Retention: what lies before the offset is gone.
    package func deleteRecords(of place: TopicPartition, before offset: Offset) {
        change(place) { $0.delete(before: offset.rawValue) }
    }

    /// The log cleaner passes over a partition, up to an offset; tombstones appended before the
    /// instant go, too.
    package func compact(
        _ place: TopicPartition, below offset: Offset, tombstonesFrom: Instant
    ) {
        change(place) {
            $0.compact(below: offset.rawValue, tombstonesFrom: tombstonesFrom) { transaction in
                transaction < 0 || ledger.isCommitted(transaction)
            }
        }
    }

    func offset(of place: TopicPartition, at instant: Instant) -> Offset? {
        var at = low(of: place)
        while let record = next(of: place, from: &at, isolation: .committed) {
            if record.appendTime >= instant { return record.offset }
        }
        return nil
    }

    /// Appends a record; inside a transaction when one is named.
    func append(_ place: TopicPartition, transaction: Int?, make: (Offset, Instant) -> PlainRecord)
    {
        // The broker's clock has milliseconds, and each partition's leader its own.
        let skew = faults?.leaderSkew(of: place) ?? 0
        let time = Instant(milliseconds: now.milliseconds + skew)
        if let transaction { ledger.touch(place, by: transaction) }
        change(place) {
            $0.append(make(Offset($0.end), time), transaction: transaction ?? -1)
        }
    }

    func appendMarker(_ place: TopicPartition, of transaction: Int) {
        change(place) { $0.appendMarker(of: transaction) }
    }
}

extension LogError {
    static func simulated(
        _ operation: String, _ code: String, _ reaction: Reaction, _ message: String,
        hint: String = "This is a simulation."
    ) -> LogError {
        LogError(
            operation: operation, code: code, reaction: reaction, message: message, hint: hint)
    }

    static func noTopic(_ topic: Topic, _ operation: String) -> LogError {
        .simulated(
            operation, "UNKNOWN_TOPIC_OR_PARTITION", .stopProcess,
            "the topic \(topic.name) has no such partition or does not exist",
            hint: "Create the topics of the contract with: holdfast topics apply")
    }
}
