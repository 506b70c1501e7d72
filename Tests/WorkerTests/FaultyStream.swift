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
    /// The same, and it goes on deciding for some polls before it dies.
    case insideCommitOnTop
    /// The log has it all, the store nothing.
    case afterCommit
    /// The same, and it goes on deciding for some polls before it dies.
    case afterCommitOnTop

    /// It dies in a poll, with batches decided on top of what is under way.
    var isOnTop: Bool { self == .insideCommitOnTop || self == .afterCommitOnTop }
}

/// Passes everything on, but for the commit at which it is told to die.
final class FaultyStream: ForwardingStream {
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
    /// The crash that the commit under way has begun.
    private var dying: CrashPoint?
    /// Polls until a crash on top.
    var pollsOnTop = 6
    /// Tasks are recovered on a thread of their own, which this one holds.
    var gate: RecoveryGate?
    private var lent = 0
    /// Records polled and not given back.
    var recordsOut: Int { lent }

    init(_ log: SimulatedLog, name: String) throws(LogError) {
        inner = try SimulatedStreamLog(log, name: name)
    }

    func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        if let dying, dying.isOnTop {
            pollsOnTop -= 1
            if pollsOnTop < 0 { throw Self.death }
        }
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
    func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset] {
        let offsets = try inner.groupOffsets(of: partition)
        afterGroupOffsets?()
        return offsets
    }
    func makeRecoveryLog() -> (any RecoveryLog)? {
        gate.map { GatedRecoveryLog(inner, gate: $0) }
    }

    func beginCommit(_ request: CommitRequest) {
        commitsTried += 1
        beforeCommit?()
        dying = crash
        switch crash {
        case nil: inner.beginCommit(request)
        case .beforeCommit?: break
        case .insideCommit?, .insideCommitOnTop?:
            inner.commitDelay = SimulatedCommitDelay(asksBeforeEnd: 1)
            inner.beginCommit(request)
            _ = try? inner.commitOutcome(timeoutMilliseconds: 0)
        case .afterCommit?, .afterCommitOnTop?:
            inner.commitDelay = SimulatedCommitDelay()
            inner.beginCommit(request)
            _ = try? inner.commitOutcome(timeoutMilliseconds: 0)
        }
    }

    func commitOutcome(timeoutMilliseconds: Int32) throws(LogError) -> CommitReceipt? {
        guard let dying else {
            return try inner.commitOutcome(timeoutMilliseconds: timeoutMilliseconds)
        }
        if dying.isOnTop, timeoutMilliseconds == 0 { return nil }
        throw Self.death
    }

    private static let death = LogError(
        operation: "commit", code: crashCode, reaction: .stopProcess,
        message: "the process is killed", hint: "This is a test.")
}
