// Delivers records of the simulated log from memory of their own, in turn over the partitions.

import EventLog
import EventModel

/// Hands out records and tells ends; stream and reader share it.
struct SimulatedDelivery {
    private struct Cursor {
        var next: Int64
        var isPaused = false
        var toldEnd: Int64 = -1
    }
    private var cursors: [TopicPartition: Cursor] = [:]
    private var turn = 0

    mutating func start(_ place: TopicPartition, at offset: Offset) {
        cursors[place] = Cursor(next: offset.rawValue)
    }
    mutating func stop(_ partition: Partition) {
        cursors = cursors.filter { $0.key.partition != partition }
    }
    mutating func stopAll() { cursors.removeAll() }
    mutating func setPaused(_ place: TopicPartition, _ isPaused: Bool) {
        cursors[place]?.isPaused = isPaused
    }

    mutating func poll(
        _ log: SimulatedLog, _ records: inout ContiguousArray<LogRecord>,
        _ events: inout [LogEvent], max: Int
    ) {
        let order = cursors.keys.sorted()
        guard !order.isEmpty else { return }
        turn = (turn + 1) % order.count
        var room = max
        for step in order.indices {
            let place = order[(turn + step) % order.count]
            guard var cursor = cursors[place], !cursor.isPaused, room > 0 else { continue }
            var left = Swift.max(1, room / (order.count - step))
            var isAtEnd = false
            while left > 0, !isAtEnd {
                if let record = log.next(of: place, from: &cursor.next, isolation: .committed) {
                    records.append(Self.lend(record))
                    left -= 1
                    room -= 1
                } else {
                    isAtEnd = true
                }
            }
            if isAtEnd, cursor.toldEnd != cursor.next {
                cursor.toldEnd = cursor.next
                events.append(.reachedEnd(place, Offset(cursor.next)))
            }
            cursors[place] = cursor
        }
    }

    /// A record's bytes in one block, its owner: header views first, for they need alignment.
    private static func lend(_ record: PlainRecord) -> LogRecord {
        let stride = MemoryLayout<HeaderView>.stride
        var size = record.headers.count * stride + (record.key?.count ?? 0)
        size += record.value?.count ?? 0
        for header in record.headers { size += header.name.utf8.count + (header.value?.count ?? 0) }
        // 128 bytes of slack: a parser may read behind the end of a value.
        let block = UnsafeMutableRawPointer.allocate(byteCount: size + 128, alignment: 16)
        var at = block + record.headers.count * stride
        func copy(_ bytes: [UInt8]?) -> ByteView? {
            guard let bytes else { return nil }
            for (index, byte) in bytes.enumerated() {
                at.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
            }
            defer { at += bytes.count }
            return ByteView(start: at, count: bytes.count)
        }
        let views = UnsafeMutableBufferPointer(
            start: block.assumingMemoryBound(to: HeaderView.self), count: record.headers.count)
        for (index, header) in record.headers.enumerated() {
            let name = copy(Array(header.name.utf8)) ?? ByteView(start: at, count: 0)
            views.initializeElement(
                at: index, to: HeaderView(name: name, value: copy(header.value)))
        }
        return LogRecord(
            topic: record.topic, partition: record.partition, offset: record.offset,
            appendTime: record.appendTime, key: copy(record.key), value: copy(record.value),
            headers: UnsafeBufferPointer(views), owner: block)
    }

    static func release(_ record: LogRecord) { record.owner?.deallocate() }
}
