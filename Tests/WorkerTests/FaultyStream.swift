// A simulated stream whose process can die inside a commit: the one place where log and store part.

import EventLog
import EventModel
import Simulation

/// Where a process dies.
enum CrashPoint: CaseIterable {
    /// Nothing was sent.
    case beforeCommit
    /// Everything was sent, the end was not: the transaction stays open.
    case insideCommit
    /// The log has it all, the store nothing.
    case afterCommit
}

/// Passes everything on, but for the commit at which it is told to die.
final class FaultyStream: StreamLog {
    static let crashCode = "CRASH"
    let inner: SimulatedStreamLog
    var crash: CrashPoint?
    /// A poll brings so many records at most.
    var recordsMax = Int.max
    /// Commits that were tried.
    private(set) var commitsTried = 0
    /// Told before each commit is passed on.
    var beforeCommit: (() -> Void)?
    /// Told after the group's offsets were read, before anything else is.
    var afterGroupOffsets: (() -> Void)?
    private var lent = 0
    /// Records polled and not given back.
    var recordsOut: Int { lent }

    init(_ log: SimulatedLog, name: String) throws(LogError) {
        inner = try SimulatedStreamLog(log, name: name)
    }

    var partitionCount: Int32 { inner.partitionCount }
    func partitionCount(of topic: Topic) -> Int32 { inner.partitionCount(of: topic) }
    func open() throws(LogError) { try inner.open() }
    func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        let before = records.count
        try inner.poll(
            records: &records, events: &events, max: min(max, recordsMax),
            timeoutMilliseconds: timeoutMilliseconds)
        lent += records.count - before
    }
    func release(_ record: LogRecord) {
        lent -= 1
        inner.release(record)
    }
    func start(_ partition: Partition, at positions: [Topic: Offset]) throws(LogError) {
        try inner.start(partition, at: positions)
    }
    func finishRevocation(_ partitions: [Partition]) throws(LogError) {
        try inner.finishRevocation(partitions)
    }
    func rewind(_ partition: Partition, to positions: [Topic: Offset]) throws(LogError) {
        try inner.rewind(partition, to: positions)
    }
    func pause(_ partition: TopicPartition) throws(LogError) { try inner.pause(partition) }
    func resume(_ partition: TopicPartition) throws(LogError) { try inner.resume(partition) }
    func stableEnd(of partition: TopicPartition) throws(LogError) -> Offset {
        try inner.stableEnd(of: partition)
    }
    func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset] {
        let offsets = try inner.groupOffsets(of: partition)
        afterGroupOffsets?()
        return offsets
    }
    func groupToken() throws(LogError) -> GroupToken { try inner.groupToken() }
    func makeReader() throws(LogError) -> any LogReader { try inner.makeReader() }
    func reopenProducers() throws(LogError) { try inner.reopenProducers() }
    func close() { inner.close() }

    func commit(
        _ transaction: borrowing TransactionBuffer, offsets: [(TopicPartition, Offset)],
        token: GroupToken
    ) throws(LogError) -> CommitReceipt {
        commitsTried += 1
        beforeCommit?()
        switch crash {
        case nil: return try inner.commit(transaction, offsets: offsets, token: token)
        case .beforeCommit?: break
        case .insideCommit?:
            inner.failNextCommit(.leftOpen)
            _ = try? inner.commit(transaction, offsets: offsets, token: token)
        case .afterCommit?:
            _ = try inner.commit(transaction, offsets: offsets, token: token)
        }
        throw LogError(
            operation: "commit", code: Self.crashCode, reaction: .stopProcess,
            message: "the process is killed", hint: "This is a test.")
    }
}
