// A process's way to the log. Here it can die: before or after each call, and in the middle of a
// commit. After that nothing it does reaches the log, as after kill -9. Here the others work, too:
// what happens elsewhere between two calls of one step is as likely as between two steps.

package import EventLog
package import EventModel

/// The stream of one process of a world.
package final class WorldStream: ForwardingStream {
    static let crashCode = "CRASH"
    package let inner: CanaryStream
    /// The process is gone: no call reaches the log.
    private(set) var isDead = false
    /// It dies when so many more points have been passed.
    var pointsToLive: Int?
    /// Called at each point between calls, with its name.
    var onPoint: ((StaticString) -> Void)?
    /// Called when the caller waits, with milliseconds at most.
    var onWait: ((Int64) -> Void)?
    /// What the next commit is to meet.
    var commitLuck: (() -> CommitLuck)?
    /// A poll brings so many records at most.
    var recordsMax = Int.max
    /// Polls since the process's step began: one that polls again is waiting for something.
    var pollsInStep = 0

    init(_ inner: CanaryStream) { self.inner = inner }

    /// The process dies here and now.
    func die() { isDead = true }

    /// A place where a process can die and others can work.
    func point(_ name: StaticString) throws(LogError) {
        if isDead { throw .crashed(name) }
        onPoint?(name)
        if let left = pointsToLive {
            pointsToLive = left - 1
            if left <= 1 { isDead = true }
        }
        if isDead { throw .crashed(name) }
    }

    package func open() throws(LogError) {
        try point("open")
        try inner.open()
        try point("opened")
    }
    package func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        try point("poll")
        pollsInStep += 1
        if pollsInStep > 1 { onWait?(Int64(timeoutMilliseconds)) }
        try inner.poll(
            records: &records, events: &events, max: min(max, recordsMax),
            timeoutMilliseconds: timeoutMilliseconds)
    }
    package func start(
        _ partition: Partition, at positions: [Topic: Offset]
    ) throws(LogError) {
        try point("start")
        try inner.start(partition, at: positions)
        try point("started")
    }
    package func finishRevocation(_ partitions: [Partition]) throws(LogError) {
        try point("finishRevocation")
        try inner.finishRevocation(partitions)
        try point("revocationFinished")
    }
    package func rewind(
        _ partition: Partition, to positions: [Topic: Offset]
    ) throws(LogError) {
        try point("rewind")
        try inner.rewind(partition, to: positions)
    }
    package func stableEnd(of partition: TopicPartition) throws(LogError) -> Offset {
        try point("stableEnd")
        return try inner.stableEnd(of: partition)
    }
    package func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset] {
        try point("groupOffsets")
        let offsets = try inner.groupOffsets(of: partition)
        try point("groupOffsetsRead")
        return offsets
    }
    package func groupToken() throws(LogError) -> GroupToken {
        try point("groupToken")
        return try inner.groupToken()
    }
    package func makeReader() throws(LogError) -> any LogReader {
        try point("makeReader")
        return WorldReader(try inner.makeReader(), of: self)
    }
    package func reopenProducers() throws(LogError) {
        try point("reopenProducers")
        try inner.reopenProducers()
        try point("producersReopened")
    }
    /// A process that is killed does not take its leave.
    package func close() { if !isDead { inner.close() } }

    package func beginCommit(_ request: CommitRequest) {
        passPoint()
        guard !isDead else { return }
        let luck = commitLuck?() ?? CommitLuck()
        inner.inner.forgetFaults()
        if let fault = luck.fault { inner.inner.failNextCommit(fault) }
        inner.inner.commitDelay = luck.delay
        inner.beginCommit(request)
        passPoint()
    }

    package func commitOutcome(timeoutMilliseconds: Int32) throws(LogError) -> CommitReceipt? {
        try point("commitOutcome")
        let receipt = try inner.commitOutcome(timeoutMilliseconds: timeoutMilliseconds)
        if receipt == nil {
            if timeoutMilliseconds > 0 { onWait?(min(Int64(timeoutMilliseconds), 20)) }
        } else {
            try point("committed")
        }
        return receipt
    }

    /// A point of a call that cannot throw: the next one does.
    private func passPoint() {
        do { try point("beginCommit") } catch { isDead = true }
    }
}

/// What a commit meets.
struct CommitLuck {
    var fault: SimulatedLog.Fault?
    var delay = SimulatedCommitDelay()
}

extension LogError {
    static func crashed(_ point: StaticString) -> LogError {
        .simulated("\(point)", WorldStream.crashCode, .stopProcess, "the process is killed")
    }
}
