// What we need of a log. KafkaLog, LocalLog and the simulated log each implement this; one suite of
// conformance tests runs against all three (Tests/EventLogTests).
//
//   StreamLog   one per stream thread: poll, assignment, one transaction at a time
//   LogReader   reads any partition from any offset; no group, no side effects
//   LogWriter   a producer outside of any transaction (`produce`, dead-letter redrive, tests)
//   LogAdmin    topics as they are, and making them
//
// Everything blocks; nothing is shared between threads; nothing here is async.

package import EventModel

/// A record as polled. Its views are valid until it is given back with `release`.
package struct LogRecord {
    package var topic: Topic
    package var partition: Partition
    package var offset: Offset
    /// The broker's append time.
    package var appendTime: Instant
    /// Nil for a null key (an empty key is an empty view with a base address).
    package var key: ByteView?
    /// Nil for a null value.
    package var value: ByteView?
    package var headers: UnsafeBufferPointer<HeaderView>
    /// The implementation's own handle for what holds the bytes.
    package var owner: UnsafeMutableRawPointer?

    package init(
        topic: Topic, partition: Partition, offset: Offset, appendTime: Instant, key: ByteView?,
        value: ByteView?, headers: UnsafeBufferPointer<HeaderView>,
        owner: UnsafeMutableRawPointer?
    ) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.appendTime = appendTime
        self.key = key
        self.value = value
        self.headers = headers
        self.owner = owner
    }
}

/// What else a poll may tell. A poll that has an event returns it at once, after the records that
/// came before it.
package enum LogEvent: Equatable, Sendable {
    /// Everything up to this offset has been delivered (the partition EOF of read_committed: it
    /// counts control records). Said again each time the end is reached anew.
    case reachedEnd(TopicPartition, Offset)
    /// Partitions (tasks) are ours now. Nothing of them is delivered until `start`.
    case assigned([Partition])
    /// Partitions are to be given up: commit or abort, drop them, then `finishRevocation`.
    case revoked([Partition])
    /// Partitions are gone already (session lost): drop them without a commit, then
    /// `finishRevocation`.
    case lost([Partition])
}

/// Proof of membership at the time a batch began; sent with its offsets, so that a worker that has
/// been replaced since is fenced (docs/design.md, commit protocol).
package final class GroupToken {
    /// The implementation's own value; KafkaLog frees it in `onRelease`.
    package let handle: OpaquePointer?
    package let generation: Int64
    private let onRelease: ((OpaquePointer) -> Void)?
    package init(
        handle: OpaquePointer?, generation: Int64, onRelease: ((OpaquePointer) -> Void)? = nil
    ) {
        self.handle = handle
        self.generation = generation
        self.onRelease = onRelease
    }
    deinit {
        if let handle { onRelease?(handle) }
    }
}

/// One stream thread's log. Used by one thread only.
package protocol StreamLog: AnyObject, SendableMetatype {
    /// Partition count of the six co-partitioned topics, from the log itself.
    var partitionCount: Int32 { get }
    /// Partition count of any topic of the contract.
    func partitionCount(of topic: Topic) -> Int32

    /// Registers the thread's transactional producers, fencing what a predecessor of the same name
    /// left open, and joins the group. Once, before the first poll.
    func open() throws(LogError)

    /// Appends records (at most `max`) and events. Waits at most `timeoutMilliseconds` for the
    /// first one. Must be called often (every few seconds) to stay in the group.
    func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError)

    /// Gives a record back; its views are dead after this. Every polled record is released once.
    func release(_ record: LogRecord)

    /// Answers `.assigned`: deliver the input partitions of this task from these positions.
    /// One call per assigned partition.
    func start(_ partition: Partition, at positions: [Topic: Offset]) throws(LogError)

    /// Answers `.revoked` and `.lost`, once for the partitions of the event.
    func finishRevocation(_ partitions: [Partition]) throws(LogError)

    /// Delivers the partition's inputs from these positions again (after an abort). Records of it
    /// polled before and not yet released are the caller's to release; none from before the seek is
    /// delivered after it.
    func rewind(_ partition: Partition, to positions: [Topic: Offset]) throws(LogError)

    /// Stops and resumes delivery of one input, for a caller that has enough in hand. Resuming what
    /// is not paused is harmless.
    func pause(_ partition: TopicPartition) throws(LogError)
    func resume(_ partition: TopicPartition) throws(LogError)

    /// The last stable offset of an input partition, asked now (design rule 2).
    func stableEnd(of partition: TopicPartition) throws(LogError) -> Offset

    /// The group's committed offsets of a task's inputs; waits until they are stable, that is until
    /// no predecessor's transaction is open on them. Absent where none were ever committed.
    func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset]

    /// Membership as the events told it last. Taken when a batch's first record is polled or its
    /// timer found due. Without a generation (negative) while we are no member, and while we have
    /// joined again but not heard yet what is still ours: such a token must not be sent.
    func groupToken() throws(LogError) -> GroupToken

    /// Begins one transaction: all records of the request and its offsets, or nothing. Returns at
    /// once; the request is the log's until `commitOutcome` has told the outcome. At most one
    /// commit is under way.
    func beginCommit(_ request: CommitRequest)

    /// What became of the commit under way, after waiting for it at most so long; nil while it
    /// still is under way. Told once: after a receipt or an error, nothing is under way. A poll
    /// that waits returns soon after a commit has ended.
    func commitOutcome(timeoutMilliseconds: Int32) throws(LogError) -> CommitReceipt?

    /// A reader that is not part of the group (restore, rescan).
    func makeReader() throws(LogError) -> any LogReader

    /// What another thread recovers tasks through; nil when they are recovered on the stream's own
    /// thread, through the stream. Once, after `open`; nothing is asked of the log yet.
    func makeRecoveryLog() -> (any RecoveryLog)?

    /// Throws the producers away and makes new ones (after an unknown outcome or a fatal error of a
    /// producer). Never while a commit is under way.
    func reopenProducers() throws(LogError)

    /// Leaves the group (when dynamic) and frees everything. Bounded in time, also while a commit
    /// is under way, whose outcome nobody learns then.
    func close()
}

/// What a commit tells: where the records of two topics landed, and what the broker's clock said.
package struct CommitReceipt: Sendable {
    /// The offset of the last record this transaction wrote to each partition of holdfast.state.
    package var lastStateOffsets: [Partition: Offset] = [:]
    /// One measurement per partition of holdfast.audit written (design rule 3).
    package var clockReports: [ClockReport] = []
    package init() {}
}

/// The broker's append time of an audit record between our sending it and hearing of it.
package struct ClockReport: Sendable, Equatable {
    package var partition: Partition
    package var sentAt: Instant
    package var appendTime: Instant
    package var reportedAt: Instant
    package init(partition: Partition, sentAt: Instant, appendTime: Instant, reportedAt: Instant) {
        self.partition = partition
        self.sentAt = sentAt
        self.appendTime = appendTime
        self.reportedAt = reportedAt
    }
}

/// Which records a reader sees.
package enum Isolation: Sendable { case committed, uncommitted }

/// Reads any partition, with no group and no side effect. Used by one thread.
package protocol LogReader: AnyObject {
    func partitionCount(of topic: Topic) throws(LogError) -> Int32
    /// The oldest offset still there.
    func lowWatermark(of partition: TopicPartition) throws(LogError) -> Offset
    /// `.committed`: the last stable offset; `.uncommitted`: the high watermark, open transactions
    /// included.
    func end(of partition: TopicPartition, isolation: Isolation) throws(LogError) -> Offset
    /// The first offset whose append time is at or after the instant; nil when there is none.
    func offset(of partition: TopicPartition, at instant: Instant) throws(LogError) -> Offset?
    /// Replaces what is read: read_committed, from these offsets (moved up to the low watermark
    /// when below it; a caller that minds asks for it first).
    func assign(_ positions: [(TopicPartition, Offset)]) throws(LogError)
    /// As StreamLog.poll, without assignment events.
    func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError)
    func release(_ record: LogRecord)
    func close()
}

/// A producer without transactions. Used by one thread.
package protocol LogWriter: AnyObject {
    /// Queues one record; nil partition: murmur2 of the key (partition 0 for a null key). Blocks
    /// while the queue is full.
    func write(
        topic: Topic, partition: Partition?, key: ByteView?, value: ByteView?,
        headers: [(name: String, value: [UInt8])]
    ) throws(LogError)
    /// Waits until everything is written; the first failure is thrown.
    func flush() throws(LogError)
    func close()
}

/// A topic as the log has it.
package struct TopicDescription: Sendable, Equatable {
    package var partitions: Int32
    package var replication: Int32
    /// Settings by Kafka's names (retention.ms, cleanup.policy, ...).
    package var settings: [String: String]
    package init(partitions: Int32, replication: Int32, settings: [String: String]) {
        self.partitions = partitions
        self.replication = replication
        self.settings = settings
    }
}

/// Topics as they are, and making them.
package protocol LogAdmin: AnyObject {
    /// Absent topics are absent from the answer.
    func describe(_ topics: [Topic]) throws(LogError) -> [Topic: TopicDescription]
    func create(_ topic: Topic, as wanted: TopicDescription) throws(LogError)
    /// Changes settings of an existing topic; never partition counts.
    func alter(_ topic: Topic, settings: [String: String]) throws(LogError)
    func close()
}
