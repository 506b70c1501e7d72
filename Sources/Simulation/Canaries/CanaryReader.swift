// A reader that does not come to the end of the changelog.

import EventLog
import EventModel

/// Answers an end from before, or hides the last records.
final class CanaryReader: ForwardingReader {
    let inner: any LogReader
    private let stream: CanaryStream

    init(_ inner: SimulatedLogReader, of stream: CanaryStream) {
        self.inner = inner
        self.stream = stream
    }

    func end(of partition: TopicPartition, isolation: Isolation) throws(LogError) -> Offset {
        let end = try inner.end(of: partition, isolation: isolation)
        guard partition.topic == .state, stream.canary == .endAskedBeforeStable,
            let early = stream.earlyEnds.removeValue(forKey: partition.partition)
        else { return end }
        return min(early, end)
    }
    func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        let before = records.count
        try inner.poll(
            records: &records, events: &events, max: max, timeoutMilliseconds: timeoutMilliseconds)
        guard stream.canary == .restoreMissesTail, records.count > before,
            let last = records.last, last.topic == .state
        else { return }
        // The head, which is the last record of a batch, and the row before it.
        for _ in 0..<min(2, records.count - before) { inner.release(records.removeLast()) }
    }
}
