// One transaction of the simulated stream, in the steps that a broker sees: records, offsets, end.
// Between them it is open: its records hold back the last stable offset, its offsets are pending,
// and everybody else goes on.

package import EventLog
import EventModel

/// How often the caller is told that a commit is still under way, before and after the offsets are
/// sent: membership is proved there, and not again at the end.
package struct SimulatedCommitDelay: Sendable, Equatable {
    package var asksBeforeOffsets: Int
    package var asksBeforeEnd: Int
    package init(asksBeforeOffsets: Int = 0, asksBeforeEnd: Int = 0) {
        self.asksBeforeOffsets = asksBeforeOffsets
        self.asksBeforeEnd = asksBeforeEnd
    }
}

/// A commit under way.
struct SimulatedCommit {
    let request: CommitRequest
    var delay: SimulatedCommitDelay
    /// Its transaction; nil when it could not even begin.
    var transaction: Int?
    var receipt = CommitReceipt()
    var hasSentOffsets = false
    /// Why it cannot succeed.
    var failure: LogError?

    /// Somebody else has registered its producer's name since.
    func isFenced(_ log: SimulatedLog) -> Bool {
        transaction.map { log.ledger.isFenced($0) } ?? false
    }
}

extension SimulatedStreamLog {
    package func beginCommit(_ request: CommitRequest) {
        precondition(underWay == nil, "one commit is under way at a time")
        let (producer, isCurrent) = nextProducer()
        var commit = SimulatedCommit(request: request, delay: commitDelay)
        if !isCurrent {
            commit.failure = fenced
        } else if log.ledger.isEnding(producer) {
            // The coordinator answered this producer's last commit before the markers were written.
            commit.failure = .simulated(
                "commit", "CONCURRENT_TRANSACTIONS", .decideAnew,
                "the transaction before this one is still ending")
        } else {
            write(&commit, as: producer)
        }
        underWay = commit
    }

    package func commitOutcome(timeoutMilliseconds: Int32) throws(LogError) -> CommitReceipt? {
        guard var commit = underWay.take() else { preconditionFailure("no commit is under way") }
        if let failure = commit.failure { throw end(commit, isCommitted: false, failure) }
        if commit.delay.asksBeforeOffsets > 0 {
            commit.delay.asksBeforeOffsets -= 1
            underWay = commit
            return nil
        }
        try requireOpen(commit)
        if !commit.hasSentOffsets { try sendOffsets(&commit) }
        if commit.delay.asksBeforeEnd > 0 {
            commit.delay.asksBeforeEnd -= 1
            underWay = commit
            return nil
        }
        return try finish(commit)
    }

    private var fenced: LogError {
        LogError(
            operation: "commit", code: "PRODUCER_FENCED", reaction: fencedReaction,
            message: "another stream took over the name \(name)", hint: "This is a simulation.",
            isFencing: true)
    }

    /// Whether its transaction was ended by others while it was under way.
    private func requireOpen(_ commit: SimulatedCommit) throws(LogError) {
        guard let number = commit.transaction, !log.isOpen(number) else { return }
        commit.request.token = nil
        if commit.isFenced(log) { throw fenced }
        throw .simulated(
            "commit", "INVALID_PRODUCER_EPOCH", .outcomeUnknown,
            "the coordinator ended the transaction, which took too long")
    }

    /// As in Kafka, membership is proved by offsets alone: a transaction without any is not fenced.
    private func sendOffsets(_ commit: inout SimulatedCommit) throws(LogError) {
        commit.hasSentOffsets = true
        guard !commit.request.offsets.isEmpty, let number = commit.transaction else { return }
        if let code = refusal(commit.request.token) {
            throw end(
                commit, isCommitted: false,
                .simulated(
                    "commit", code, .decideAnew, "the group has moved on since the batch began"))
        }
        log.ledger.setOffsets(commit.request.offsets, of: number)
    }

    private func refusal(_ token: GroupToken?) -> String? {
        if passesFence { return nil }
        guard let member, log.group.isMember(member) else { return "UNKNOWN_MEMBER_ID" }
        if log.isCoordinatorAway { return "NOT_COORDINATOR" }
        return token?.generation == log.group.generation ? nil : "ILLEGAL_GENERATION"
    }

    private func finish(_ commit: SimulatedCommit) throws(LogError) -> CommitReceipt {
        let fault = faults.isEmpty ? nil : faults.removeFirst()
        switch fault {
        case nil: break
        case .aborted?:
            throw end(
                commit, isCommitted: false,
                .simulated("commit", "ABORTED", .decideAnew, "the transaction was aborted"))
        case .outcomeUnknown(let applied)?:
            throw end(
                commit, isCommitted: applied,
                .simulated("commit", "TIMED_OUT", .outcomeUnknown, "nobody answered"))
        case .leftOpen?, .endInFlight?:
            if fault == .endInFlight, let number = commit.transaction {
                log.ledger.sendEnd(of: number)
            }
            commit.request.token = nil
            throw .simulated("commit", "TIMED_OUT", .outcomeUnknown, "the stream died")
        }
        if let number = commit.transaction { log.end(number, isCommitted: true) }
        commit.request.token = nil
        var receipt = commit.receipt
        for index in receipt.clockReports.indices {
            receipt.clockReports[index].reportedAt = clock()
        }
        return receipt
    }

    /// Ends what is left of its transaction; gives back what to throw.
    private func end(
        _ commit: SimulatedCommit, isCommitted: Bool, _ error: LogError
    ) -> LogError {
        if let number = commit.transaction, log.isOpen(number) {
            log.end(number, isCommitted: isCommitted)
        }
        commit.request.token = nil
        return error
    }

    // MARK: - Records

    private func write(_ commit: inout SimulatedCommit, as producer: String) {
        let number = log.begin(producer)
        commit.transaction = number
        for index in commit.request.transaction.entries.indices {
            let entry = commit.request.transaction.entries[index]
            guard entry.partition.rawValue < partitionCount(of: entry.topic) else {
                commit.failure = .noTopic(entry.topic, "commit")
                return
            }
            write(commit.request.transaction, entry, number, &commit.receipt)
        }
    }

    private func write(
        _ buffer: borrowing TransactionBuffer, _ entry: TransactionBuffer.Entry, _ number: Int,
        _ receipt: inout CommitReceipt
    ) {
        let place = TopicPartition(entry.topic, entry.partition)
        let sentAt = clock()
        let bytes = buffer.bytes
        func slice(_ start: Int, _ length: Int) -> [UInt8]? {
            length < 0 ? nil : Array(bytes[start..<start + length])
        }
        let range = entry.headerStart..<entry.headerStart + entry.headerCount
        let headers = buffer.headers[range].map {
            PlainRecord.Header(
                name: String(decoding: slice($0.nameStart, $0.nameLength) ?? [], as: UTF8.self),
                value: slice($0.valueStart, $0.valueLength))
        }
        log.append(place, transaction: number) { offset, time in
            if place.topic == .state { receipt.lastStateOffsets[place.partition] = offset }
            if place.topic == .audit {
                receipt.clockReports.removeAll { $0.partition == place.partition }
                receipt.clockReports.append(
                    ClockReport(
                        partition: place.partition, sentAt: sentAt, appendTime: time,
                        reportedAt: time))
            }
            return PlainRecord(
                place, offset, time, key: slice(entry.keyStart, entry.keyLength),
                value: slice(entry.valueStart, entry.valueLength), headers: headers)
        }
    }
}
