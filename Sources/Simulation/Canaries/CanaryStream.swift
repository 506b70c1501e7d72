// Where canaries sit: between a process and the log. Without one, everything passes.

package import EventLog
package import EventModel

/// A stream with a planted bug, or with none.
package final class CanaryStream: ForwardingStream {
    package let inner: SimulatedStreamLog
    let canary: Canary?
    /// Up to where each input was delivered.
    private var delivered: [TopicPartition: Offset] = [:]
    /// The end of a task's changelog as it was when its offsets were asked for first.
    var earlyEnds: [Partition: Offset] = [:]
    /// The inputs' offsets that were sent last.
    var sentOffsets: [TopicPartition: Offset] = [:]
    /// A commit that was told to be done and is not.
    var isToldEarly = false
    /// Ids given out.
    var counter = 0

    init(_ inner: SimulatedStreamLog, canary: Canary?) {
        self.inner = inner
        self.canary = canary
        inner.passesFence = canary == .tokenAfterRejoin
        if canary == .tokenBeforeTold { inner.proof = .asOfNow }
    }

    package func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        finishEarlyCommit()
        let before = records.count
        try inner.poll(
            records: &records, events: &events, max: max, timeoutMilliseconds: timeoutMilliseconds)
        guard canary == .companionLeftBehind else { return }
        for record in records[before...] {
            delivered[TopicPartition(record.topic, record.partition)] = record.offset.next
        }
    }
    package func start(
        _ partition: Partition, at positions: [Topic: Offset]
    ) throws(LogError) {
        var positions = positions
        if canary == .companionLeftBehind {
            for topic in Topic.inputs where topic != .lead {
                let left = delivered[TopicPartition(topic, partition)] ?? Offset(0)
                positions[topic] = max(positions[topic] ?? left, left)
            }
        }
        try inner.start(partition, at: positions)
    }
    package func rewind(
        _ partition: Partition, to positions: [Topic: Offset]
    ) throws(LogError) {
        if canary != .rewindForgotten { try inner.rewind(partition, to: positions) }
    }
    package func stableEnd(of partition: TopicPartition) throws(LogError) -> Offset {
        let end = try inner.stableEnd(of: partition)
        return canary == .cancellationUnread ? Offset(0) : end
    }
    package func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset] {
        if canary == .endAskedBeforeStable, earlyEnds[partition] == nil {
            let place = TopicPartition(.state, partition)
            earlyEnds[partition] = Offset(inner.log.end(of: place, isolation: .committed))
        }
        return try inner.groupOffsets(of: partition)
    }
    package func makeReader() throws(LogError) -> any LogReader {
        switch canary {
        case .endAskedBeforeStable, .restoreMissesTail:
            CanaryReader(SimulatedLogReader(inner.log), of: self)
        case .abortedRowsRead: SimulatedLogReader(inner.log, readsUncommitted: true)
        default: try inner.makeReader()
        }
    }
    package func reopenProducers() throws(LogError) {
        finishEarlyCommit()
        try inner.reopenProducers()
    }
    package func close() {
        finishEarlyCommit()
        inner.close()
    }
}
