// What the transaction coordinator and the group coordinator know: who may write under which name,
// what stands open, which markers are still to be written, and which offsets are settled.

package import EventModel

/// Transactions of a simulated log, by number.
struct TransactionLedger {
    /// One transaction's life: open, decided (its markers are on their way), done.
    struct Transaction {
        let name: String
        /// How often the name had been registered when it began.
        let epoch: Int
        let beganAt: Instant
        /// Nil while it is open.
        var isCommitted: Bool?
        /// Partitions that have no marker of it yet, in order of first write.
        var touched: [TopicPartition] = []
        var offsets: [(place: TopicPartition, offset: Offset)] = []
        /// Its offsets hold back who asks for stable ones.
        var holdsOffsets = false
        /// Its owner has asked for its commit and will not hear the answer.
        var isEndInFlight = false
    }

    /// A marker on its way: to a partition, or to the group's offsets.
    struct Marker {
        let dueAt: Instant
        let transaction: Int
        /// Nil: the group's offsets.
        let place: TopicPartition?
    }

    private(set) var transactions: ContiguousArray<Transaction> = []
    /// How often each name was registered.
    private var epochs: [String: Int] = [:]
    /// The offsets that are settled, and the transaction that sent each: a later one stays.
    private(set) var offsets: [TopicPartition: (offset: Offset, transaction: Int)] = [:]
    /// Numbers of open transactions, ascending.
    private(set) var open: [Int] = []
    var markers: [Marker] = []

    func isCommitted(_ number: Int) -> Bool { transactions[number].isCommitted == true }
    func isCurrent(_ name: String, _ epoch: Int) -> Bool { epochs[name] == epoch }

    /// Nobody who was registered under the name may write any more.
    mutating func raiseEpoch(of name: String) -> Int {
        epochs[name, default: 0] += 1
        return epochs[name]!
    }

    func openTransaction(of name: String) -> Int? {
        open.first { transactions[$0].name == name }
    }
    /// Markers of the name's transactions are still on their way.
    func isEnding(_ name: String) -> Bool {
        markers.contains { transactions[$0.transaction].name == name }
    }

    func isOpen(_ number: Int) -> Bool { transactions[number].isCommitted == nil }
    func isFenced(_ number: Int) -> Bool {
        epochs[transactions[number].name] != transactions[number].epoch
    }
    mutating func sendEnd(of number: Int) { transactions[number].isEndInFlight = true }

    mutating func begin(_ name: String, at now: Instant) -> Int {
        transactions.append(
            Transaction(name: name, epoch: epochs[name] ?? 0, beganAt: now))
        open.append(transactions.count - 1)
        return transactions.count - 1
    }

    mutating func touch(_ place: TopicPartition, by number: Int) {
        if !transactions[number].touched.contains(place) {
            transactions[number].touched.append(place)
        }
    }

    mutating func setOffsets(_ offsets: [(TopicPartition, Offset)], of number: Int) {
        transactions[number].offsets = offsets.map { (place: $0.0, offset: $0.1) }
        transactions[number].holdsOffsets = true
    }

    /// The coordinator has decided: nothing can change the outcome any more.
    mutating func decide(_ number: Int, isCommitted: Bool) {
        precondition(transactions[number].isCommitted == nil, "a transaction ends once")
        transactions[number].isCommitted = isCommitted
        open.removeAll { $0 == number }
    }

    /// The group's coordinator has heard of the end.
    mutating func settleOffsets(of number: Int) {
        transactions[number].holdsOffsets = false
        guard transactions[number].isCommitted == true else { return }
        for (place, offset) in transactions[number].offsets
        where offsets[place].map({ $0.transaction < number }) ?? true {
            offsets[place] = (offset, number)
        }
    }

    /// Whether a transaction's offsets stand unsettled on this partition.
    func isUnstable(_ partition: Partition) -> Bool {
        func holds(_ number: Int) -> Bool {
            transactions[number].holdsOffsets
                && transactions[number].offsets.contains { $0.place.partition == partition }
        }
        return open.contains(where: holds)
            || markers.contains { $0.place == nil && holds($0.transaction) }
    }

    /// Offsets that were committed outside of any transaction.
    mutating func settle(_ offsets: [(TopicPartition, Offset)]) {
        for (place, offset) in offsets {
            self.offsets[place] = (offset, transactions.count)
        }
    }

    mutating func forgetOffset(of place: TopicPartition) { offsets[place] = nil }
}

extension SimulatedLog {
    /// Registers a transactional name: what a predecessor left open is aborted, and it is fenced.
    /// As init_transactions, it answers when every marker of the name is written.
    func register(_ name: String) -> Int {
        if let open = ledger.openTransaction(of: name) {
            // Whichever request arrives first.
            let isInTime =
                ledger.transactions[open].isEndInFlight && faults?.dice.chance(50) ?? true
            end(open, isCommitted: isInTime)
        }
        let epoch = ledger.raiseEpoch(of: name)
        writeMarkers { ledger.transactions[$0.transaction].name == name }
        return epoch
    }

    func isCurrent(_ name: String, _ epoch: Int) -> Bool { ledger.isCurrent(name, epoch) }

    func isOpen(_ transaction: Int) -> Bool { ledger.isOpen(transaction) }

    func begin(_ name: String) -> Int {
        precondition(ledger.openTransaction(of: name) == nil, "one transaction of a name at a time")
        return ledger.begin(name, at: now)
    }

    /// Ends a transaction: a marker goes to every partition it wrote to, and to its offsets.
    func end(_ number: Int, isCommitted: Bool) {
        ledger.decide(number, isCommitted: isCommitted)
        for place in ledger.transactions[number].touched { send(number, to: place) }
        send(number, to: nil)
    }

    private func send(_ number: Int, to place: TopicPartition?) {
        let delay = faults?.markerDelay() ?? 0
        let marker = TransactionLedger.Marker(
            dueAt: Instant(milliseconds: now.milliseconds + delay), transaction: number,
            place: place)
        if delay == 0 { write(marker) } else { ledger.markers.append(marker) }
    }

    private func write(_ marker: TransactionLedger.Marker) {
        if let place = marker.place {
            appendMarker(place, of: marker.transaction)
        } else {
            ledger.settleOffsets(of: marker.transaction)
        }
    }

    /// Writes the markers that are on their way and for which `chosen` answers true.
    func writeMarkers(where chosen: (TransactionLedger.Marker) -> Bool) {
        guard !ledger.markers.isEmpty else { return }
        let due = ledger.markers.filter(chosen)
        guard !due.isEmpty else { return }
        // Not removed in place: `chosen` may look into the ledger.
        ledger.markers = ledger.markers.filter { !chosen($0) }
        for marker in due { write(marker) }
    }

    /// What the brokers do as time goes by: markers arrive, and transactions that have been open
    /// longer than so many milliseconds are aborted.
    package func tick(transactionMillisecondsMax: Int64) {
        let now = now
        writeMarkers { $0.dueAt <= now }
        for open in ledger.open {
            let transaction = ledger.transactions[open]
            if transaction.isEndInFlight, faults?.dice.chance(20) ?? true {
                end(open, isCommitted: true)
            } else if now.milliseconds - transaction.beganAt.milliseconds
                > transactionMillisecondsMax
            {
                end(open, isCommitted: false)
            }
        }
    }

    /// The coordinator aborts what its owners left open (transaction.timeout.ms).
    package func expireTransactions() {
        for open in ledger.open { end(open, isCommitted: false) }
    }

    /// Markers that are not written yet.
    package var hasMarkersUnderWay: Bool { !ledger.markers.isEmpty }
    package var hasOpenTransactions: Bool { !ledger.open.isEmpty }

    /// offsets.retention.minutes went by for topics that the group is not subscribed to. Offsets
    /// with transactions on their way are kept.
    package func expireOffsets(of topic: Topic, _ partition: Partition) {
        guard !ledger.isUnstable(partition) else { return }
        ledger.forgetOffset(of: TopicPartition(topic, partition))
    }

    /// The offsets that are settled; nil while a transaction's offsets stand unsettled on them.
    func committedOffsets(of partition: Partition) -> [Topic: Offset]? {
        guard !ledger.isUnstable(partition) else { return nil }
        var found: [Topic: Offset] = [:]
        for topic in Topic.inputs {
            found[topic] = ledger.offsets[TopicPartition(topic, partition)]?.offset
        }
        return found
    }
}
