// What stands before a log and changes only some of its words.

package import EventLog
package import EventModel

/// A stream that passes on what it does not say itself.
package protocol ForwardingStream: StreamLog {
    associatedtype Inner: StreamLog
    var inner: Inner { get }
}

extension ForwardingStream {
    package var partitionCount: Int32 { inner.partitionCount }
    package func partitionCount(of topic: Topic) -> Int32 { inner.partitionCount(of: topic) }
    package func open() throws(LogError) { try inner.open() }
    package func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        try inner.poll(
            records: &records, events: &events, max: max, timeoutMilliseconds: timeoutMilliseconds)
    }
    package func release(_ record: LogRecord) { inner.release(record) }
    package func start(
        _ partition: Partition, at positions: [Topic: Offset]
    ) throws(LogError) { try inner.start(partition, at: positions) }
    package func finishRevocation(_ partitions: [Partition]) throws(LogError) {
        try inner.finishRevocation(partitions)
    }
    package func rewind(
        _ partition: Partition, to positions: [Topic: Offset]
    ) throws(LogError) { try inner.rewind(partition, to: positions) }
    package func pause(_ partition: TopicPartition) throws(LogError) {
        try inner.pause(partition)
    }
    package func resume(_ partition: TopicPartition) throws(LogError) {
        try inner.resume(partition)
    }
    package func stableEnd(of partition: TopicPartition) throws(LogError) -> Offset {
        try inner.stableEnd(of: partition)
    }
    package func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset] {
        try inner.groupOffsets(of: partition)
    }
    package func groupToken() throws(LogError) -> GroupToken { try inner.groupToken() }
    package func beginCommit(_ request: CommitRequest) { inner.beginCommit(request) }
    package func commitOutcome(timeoutMilliseconds: Int32) throws(LogError) -> CommitReceipt? {
        try inner.commitOutcome(timeoutMilliseconds: timeoutMilliseconds)
    }
    package func makeReader() throws(LogError) -> any LogReader { try inner.makeReader() }
    package func reopenProducers() throws(LogError) { try inner.reopenProducers() }
    package func close() { inner.close() }
}

/// A reader that passes on what it does not say itself.
package protocol ForwardingReader: LogReader {
    var inner: any LogReader { get }
}

extension ForwardingReader {
    package func partitionCount(of topic: Topic) throws(LogError) -> Int32 {
        try inner.partitionCount(of: topic)
    }
    package func lowWatermark(of partition: TopicPartition) throws(LogError) -> Offset {
        try inner.lowWatermark(of: partition)
    }
    package func end(
        of partition: TopicPartition, isolation: Isolation
    ) throws(LogError) -> Offset { try inner.end(of: partition, isolation: isolation) }
    package func offset(
        of partition: TopicPartition, at instant: Instant
    ) throws(LogError) -> Offset? { try inner.offset(of: partition, at: instant) }
    package func assign(_ positions: [(TopicPartition, Offset)]) throws(LogError) {
        try inner.assign(positions)
    }
    package func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        try inner.poll(
            records: &records, events: &events, max: max, timeoutMilliseconds: timeoutMilliseconds)
    }
    package func release(_ record: LogRecord) { inner.release(record) }
    package func close() { inner.close() }
}
