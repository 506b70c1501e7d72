// A reader of a process of a world: it dies with its process.

import EventLog
import EventModel

/// Passes everything on, with the points of its process between.
final class WorldReader: ForwardingReader {
    let inner: any LogReader
    private let stream: WorldStream

    init(_ inner: any LogReader, of stream: WorldStream) {
        self.inner = inner
        self.stream = stream
    }

    func lowWatermark(of partition: TopicPartition) throws(LogError) -> Offset {
        try stream.point("lowWatermark")
        return try inner.lowWatermark(of: partition)
    }
    func end(of partition: TopicPartition, isolation: Isolation) throws(LogError) -> Offset {
        try stream.point("end")
        return try inner.end(of: partition, isolation: isolation)
    }
    func offset(of partition: TopicPartition, at instant: Instant) throws(LogError) -> Offset? {
        try stream.point("offsetAt")
        return try inner.offset(of: partition, at: instant)
    }
    func assign(_ positions: [(TopicPartition, Offset)]) throws(LogError) {
        try stream.point("assign")
        try inner.assign(positions)
    }
    func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        try stream.point("read")
        try inner.poll(
            records: &records, events: &events, max: max, timeoutMilliseconds: timeoutMilliseconds)
    }
}
