// Delivers records of the simulated log from memory of their own, in turn over the partitions.

import EventLog
import EventModel
import Glibc

/// Hands out records and tells ends; stream and reader share it.
struct SimulatedDelivery {
    private struct Cursor {
        let place: TopicPartition
        var next: Int64
        var isPaused = false
        var toldEnd: Int64 = -1
    }
    /// In the order of their places.
    private var cursors: [Cursor] = []
    private var turn = 0
    /// Reads what retention and compaction have removed, too.
    var isArchive = false
    var isolation = Isolation.committed

    mutating func start(_ place: TopicPartition, at offset: Offset) {
        stop(place)
        let index = cursors.firstIndex { place < $0.place } ?? cursors.count
        cursors.insert(Cursor(place: place, next: offset.rawValue), at: index)
    }
    private mutating func stop(_ place: TopicPartition) { cursors.removeAll { $0.place == place } }
    mutating func stop(_ partition: Partition) {
        cursors.removeAll { $0.place.partition == partition }
    }
    mutating func stopAll() { cursors.removeAll() }
    mutating func setPaused(_ place: TopicPartition, _ isPaused: Bool) {
        if let index = cursors.firstIndex(where: { $0.place == place }) {
            cursors[index].isPaused = isPaused
        }
    }

    mutating func poll(
        _ log: SimulatedLog, _ records: inout ContiguousArray<LogRecord>,
        _ events: inout [LogEvent], max: Int
    ) throws(LogError) {
        guard !cursors.isEmpty else { return }
        turn = (turn + 1) % cursors.count
        var room = max
        for step in cursors.indices {
            let index = (turn + step) % cursors.count
            guard !cursors[index].isPaused, room > 0 else { continue }
            if log.faults?.isFetchSlow() == true { continue }
            let place = cursors[index].place
            if !isArchive, cursors[index].next < log.low(of: place) {
                // Records that came before it are handed over first, as by a client.
                guard records.isEmpty else { return }
                throw .simulated(
                    "poll", "OFFSET_OUT_OF_RANGE", .stopProcess,
                    "\(place.topic.name)/\(place.partition.rawValue) has no offset "
                        + "\(cursors[index].next) any more")
            }
            var left = Swift.max(1, room / (cursors.count - step))
            var isAtEnd = false
            while left > 0, !isAtEnd {
                if let record = log.next(
                    of: place, from: &cursors[index].next, isolation: isolation,
                    isArchive: isArchive)
                {
                    records.append(Self.lend(record))
                    left -= 1
                    room -= 1
                } else {
                    isAtEnd = true
                }
            }
            if isAtEnd, cursors[index].toldEnd != cursors[index].next {
                cursors[index].toldEnd = cursors[index].next
                events.append(.reachedEnd(place, Offset(cursors[index].next)))
            }
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
            bytes.withUnsafeBytes { if let from = $0.baseAddress { memcpy(at, from, $0.count) } }
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
