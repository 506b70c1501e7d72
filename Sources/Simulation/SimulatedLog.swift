// A log in memory that behaves like Kafka where it matters and like nothing else: control markers
// take
// offsets, open transactions hold back the last stable offset, groups have generations, and only
// offsets
// are fenced. One thread steps it; there is no luck in it but what a test puts there.

import EventLog
package import EventModel

/// The broker: topics, transactions and the group of one deployment.
package final class SimulatedLog {
    /// Where a transaction stands.
    enum Transaction { case open, committed, aborted }

    /// What lies at one offset.
    struct Entry {
        /// Nil for a control marker.
        var record: PlainRecord?
        /// Index into `transactions`; nil for a record outside of any.
        var transaction: Int?
    }

    /// What a test may have happen to the next commit of a stream.
    package enum Fault: Equatable, Sendable {
        /// The transaction is aborted; the stream is told so.
        case aborted
        /// The stream is told `outcomeUnknown`; the commit was applied or aborted.
        case outcomeUnknown(applied: Bool)
        /// The stream dies in the middle: its transaction stays open until a successor of the
        /// same name
        /// opens, or `expireTransactions`.
        case leftOpen
    }

    private let clock: () -> Instant
    private(set) var topics: [Topic: TopicDescription] = [:]
    private var entries: [TopicPartition: [Entry]] = [:]
    private var lows: [TopicPartition: Int64] = [:]
    private(set) var transactions: [Transaction] = []
    /// The open transaction of each name, and how often each name was registered.
    private var openOf: [String: Int] = [:]
    private var epochs: [String: Int] = [:]
    private var pending: [Int: [TopicPartition: Offset]] = [:]
    private var offsets: [TopicPartition: Offset] = [:]
    /// The partitions that each open transaction wrote to.
    private var touched: [Int: Set<TopicPartition>] = [:]
    let group = SimulatedGroup()

    package init(clock: @escaping () -> Instant) { self.clock = clock }

    var now: Instant { clock() }

    func create(_ topic: Topic, _ description: TopicDescription) {
        topics[topic] = description
        for number in 0..<description.partitions {
            entries[TopicPartition(topic, Partition(number))] = []
        }
        if topic == .lead { group.setPartitions(description.partitions) }
    }

    func set(_ settings: [String: String], of topic: Topic) {
        topics[topic]?.settings.merge(settings) { $1 }
    }

    /// What is at an offset and may be shown; steps over markers and aborted records. Nil at the
    /// end.
    func next(
        of place: TopicPartition, from offset: inout Int64, isolation: Isolation
    ) -> PlainRecord? {
        let end = end(of: place, isolation: isolation)
        let all = entries[place] ?? []
        while offset < end {
            let entry = all[Int(offset)]
            offset += 1
            guard let record = entry.record else { continue }
            if isolation == .committed, let number = entry.transaction,
                transactions[number] != .committed
            {
                continue
            }
            return record
        }
        return nil
    }

    /// The last stable offset, or the high watermark.
    func end(of place: TopicPartition, isolation: Isolation) -> Int64 {
        let all = entries[place] ?? []
        if isolation == .committed, !openOf.isEmpty {
            let first = all.firstIndex {
                $0.transaction.map { transactions[$0] == .open } ?? false
            }
            if let first { return Int64(first) }
        }
        return Int64(all.count)
    }

    func low(of place: TopicPartition) -> Int64 { lows[place] ?? 0 }

    /// Retention: what lies before the offset is gone.
    package func deleteRecords(of place: TopicPartition, before offset: Offset) {
        lows[place] = max(
            low(of: place), min(offset.rawValue, end(of: place, isolation: .committed)))
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
        let offset = Offset(Int64(entries[place]?.count ?? 0))
        // The broker's clock has milliseconds.
        let time = Instant(milliseconds: now.milliseconds)
        if let transaction { touched[transaction, default: []].insert(place) }
        entries[place]?.append(Entry(record: make(offset, time), transaction: transaction))
    }
}

extension SimulatedLog {
    /// Registers a transactional name: what a predecessor left open is aborted, and it is fenced.
    func register(_ name: String) -> Int {
        if let open = openOf[name] { end(open, .aborted) }
        epochs[name, default: 0] += 1
        return epochs[name] ?? 0
    }

    func isCurrent(_ name: String, _ epoch: Int) -> Bool { epochs[name] == epoch }

    func begin(_ name: String) -> Int {
        precondition(openOf[name] == nil, "one transaction of a name at a time")
        transactions.append(.open)
        openOf[name] = transactions.count - 1
        return transactions.count - 1
    }

    func isOpen(_ transaction: Int) -> Bool { transactions[transaction] == .open }

    func setPending(_ offsets: [(TopicPartition, Offset)], of transaction: Int) {
        pending[transaction] = Dictionary(offsets) { $1 }
    }

    /// Ends a transaction: a marker in every partition it wrote to, and its offsets with it.
    func end(_ transaction: Int, _ outcome: Transaction) {
        precondition(transactions[transaction] == .open, "a transaction ends once")
        transactions[transaction] = outcome
        openOf = openOf.filter { $0.value != transaction }
        for place in touched.removeValue(forKey: transaction) ?? [] {
            entries[place]?.append(Entry(record: nil, transaction: nil))
        }
        let sent = pending.removeValue(forKey: transaction) ?? [:]
        if outcome == .committed { offsets.merge(sent) { $1 } }
    }

    /// The coordinator aborts what its owners left open (transaction.timeout.ms).
    package func expireTransactions() {
        for open in openOf.values.sorted() { end(open, .aborted) }
    }

    /// Nil while another transaction's offsets are pending on them.
    func committedOffsets(of partition: Partition) -> [Topic: Offset]? {
        var found: [Topic: Offset] = [:]
        for topic in Topic.inputs {
            let place = TopicPartition(topic, partition)
            if pending.values.contains(where: { $0[place] != nil }) { return nil }
            found[topic] = offsets[place]
        }
        return found
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
