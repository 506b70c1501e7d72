// The simulated stream of a worker in a case, with a word to say at each point where a process may
// die, or where another worker may take its turn.

import EventLog
import EventModel

/// Points of a worker's turn at which the log is asked, or has just answered.
enum CasePoint: Equatable, Sendable {
    case poll
    /// A commit is to begin: nothing was sent.
    case commit
    /// Its records were written, its offsets were not.
    case records
    /// Its offsets were sent as well; the end was not.
    case offsets
    /// The next records are polled while it is under way, and have been decided on top of it.
    case pollUnderWay, decided
    /// It is committed, and nobody has heard of it.
    case ended
    /// Revoked or lost partitions are about to be given back.
    case givingBack
    /// A restore asks for the group's offsets, then for the changelog's end, then reads.
    case groupOffsets, reader
    case reopening
}

/// A planted bug, which the cases must find.
enum CaseDefect: Sendable {
    /// Offsets stay outside of the transaction: nothing fences.
    case offsetsOutside
    /// An unknown outcome is taken for an abort: the batch is sent again.
    case unknownTakenForAbort
}

/// Passes everything on.
final class CaseStream: ForwardingStream {
    let inner: SimulatedStreamLog
    var defect: CaseDefect?
    /// Told at each point; what it throws is what the worker hears from the log.
    var at: ((CasePoint) throws(LogError) -> Void)?

    init(_ log: SimulatedLog, name: String) throws(LogError) {
        inner = try SimulatedStreamLog(log, name: name)
        // So that a commit stands still with its offsets sent and its end not.
        inner.commitDelay = SimulatedCommitDelay(asksBeforeOffsets: 0, asksBeforeEnd: 1)
    }

    private func pass(_ point: CasePoint) throws(LogError) { try at?(point) }

    func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        try pass(isUnderWay ? .pollUnderWay : .poll)
        try inner.poll(
            records: &records, events: &events, max: max,
            timeoutMilliseconds: timeoutMilliseconds)
    }
    func finishRevocation(_ partitions: [Partition]) throws(LogError) {
        try pass(.givingBack)
        try inner.finishRevocation(partitions)
    }
    func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset] {
        try pass(.groupOffsets)
        return try inner.groupOffsets(of: partition)
    }
    func makeReader() throws(LogError) -> any LogReader {
        try pass(.reader)
        return try inner.makeReader()
    }
    func reopenProducers() throws(LogError) {
        try pass(.reopening)
        try inner.reopenProducers()
    }

    func beginCommit(_ request: CommitRequest) {
        // It cannot throw here; a process that dies at this point is told so at the next.
        do throws(LogError) { try pass(.commit) } catch { refusal = error }
        isFirstAsk = true
        isUnderWay = true
        if defect == .offsetsOutside { request.offsets = [] }
        if refusal == nil { inner.beginCommit(request) }
    }
    private var refusal: LogError?
    /// A commit is under way, and its outcome has not been asked for yet.
    private var isUnderWay = false
    private var isFirstAsk = false

    func commitOutcome(timeoutMilliseconds: Int32) throws(LogError) -> CommitReceipt? {
        var isStillUnderWay = false
        defer { isUnderWay = isStillUnderWay }
        if let refusal = refusal.take() { throw refusal }
        try pass(isFirstAsk ? .records : .decided)
        isFirstAsk = false
        do throws(LogError) {
            let receipt = try inner.commitOutcome(timeoutMilliseconds: timeoutMilliseconds)
            isStillUnderWay = receipt == nil
            try pass(isStillUnderWay ? .offsets : .ended)
            return receipt
        } catch {
            guard defect == .unknownTakenForAbort, error == .unanswered else { throw error }
            throw .simulated("commit", error.code, .decideAnew, error.message)
        }
    }
}

extension LogError {
    /// What a process that is killed hears last.
    static let killed = LogError.simulated(
        "any call", "KILLED", .stopProcess, "the process is killed")
    /// The answer to a commit is lost on the way.
    static let unanswered = LogError.simulated(
        "commit", "TIMED_OUT", .outcomeUnknown, "nobody answered")
}
