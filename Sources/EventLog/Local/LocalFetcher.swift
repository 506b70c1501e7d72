// Delivers the records of some partitions in turn, and tells their ends. Stream and reader share
// it.

import EventModel
import Glibc

/// One partition being read.
private struct LocalCursor {
    let partition: LocalPartition
    var next: Int64
    /// The partition's end when reading began. In a copy of another log the offsets before it may
    /// carry no record (LocalLogImporter); what is appended here leaves no holes.
    let firstEnd: Int64
    var isPaused = false
    /// Nothing was left when it was last looked at.
    var isAtEnd = false
    /// The end told last, -1 before the first.
    var toldEnd: Int64 = -1
}

/// Reads partitions round robin, from a connection that only reads.
final class LocalFetcher {
    private let database: LocalDatabase
    private let dataVersion: LocalStatement
    private let arena = LocalArena()
    private var cursors: [LocalCursor] = []
    private var turn = 0
    private var version: Int64 = -1
    private static let sleepMicroseconds: UInt32 = 1_000

    init(_ database: LocalDatabase) throws(LogError) {
        self.database = database
        dataVersion = try database.connection.prepare("PRAGMA data_version", "poll")
    }

    /// Reads a partition from this offset, from now on or anew.
    func start(_ place: TopicPartition, at offset: Offset, _ operation: String) throws(LogError) {
        let partition = try database.partition(place.topic, place.partition, operation)
        let end = try database.end(of: partition, operation)
        guard offset.rawValue <= end else {
            throw LogError(
                operation: operation, code: "OFFSET_OUT_OF_RANGE", reaction: .stopProcess,
                message: "\(place.topic.name)/\(place.partition.rawValue) ends at \(end), before "
                    + "the position \(offset.rawValue) that was asked for",
                hint: "State and log do not belong together: check --log and --state.")
        }
        let cursor = LocalCursor(
            partition: partition, next: offset.rawValue, firstEnd: end)
        if let index = index(of: place) { cursors[index] = cursor } else { cursors.append(cursor) }
    }

    func stopAll() { cursors.removeAll() }

    func setPaused(_ place: TopicPartition, _ isPaused: Bool) {
        if let index = index(of: place) { cursors[index].isPaused = isPaused }
    }

    func release(_ record: LogRecord) {
        guard let owner = record.owner else { preconditionFailure("a polled record has an owner") }
        arena.release(owner)
    }

    private func index(of place: TopicPartition) -> Int? {
        cursors.firstIndex { $0.partition.topicPartition == place }
    }

    /// As `StreamLog.poll`. Somebody else's commit is noticed within a sleep of 1 ms: SQLite counts
    /// them (PRAGMA data_version), which costs microseconds.
    func poll(
        _ records: inout ContiguousArray<LogRecord>, _ events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        let deadline = Self.microseconds() + Int64(timeoutMilliseconds) * 1_000
        let (recordsBefore, eventsBefore) = (records.count, events.count)
        while true {
            try lookForCommits()
            try pass(&records, &events, max: recordsBefore + max)
            if records.count > recordsBefore || events.count > eventsBefore { return }
            if Self.microseconds() >= deadline { return }
            usleep(Self.sleepMicroseconds)
        }
    }

    private func lookForCommits() throws(LogError) {
        guard try dataVersion.step("poll") else { return }
        let found = dataVersion.number(0)
        dataVersion.reset()
        guard found != version else { return }
        version = found
        for index in cursors.indices { cursors[index].isAtEnd = false }
    }

    /// One look at every partition that may have something; what one leaves of its share goes to
    /// the next.
    private func pass(
        _ records: inout ContiguousArray<LogRecord>, _ events: inout [LogEvent], max: Int
    ) throws(LogError) {
        var waiting = 0
        for cursor in cursors where !cursor.isPaused && !cursor.isAtEnd { waiting += 1 }
        guard waiting > 0 else { return }
        turn = (turn + 1) % cursors.count
        for step in cursors.indices {
            let index = (turn + step) % cursors.count
            guard !cursors[index].isPaused, !cursors[index].isAtEnd else { continue }
            let room = max - records.count
            if room == 0 { return }
            let share = Swift.max(1, room / waiting)
            waiting -= 1
            let got = try read(&cursors[index], into: &records, max: share)
            guard got < share else { continue }
            cursors[index].isAtEnd = true
            cursors[index].next = Swift.max(cursors[index].next, cursors[index].firstEnd)
            if cursors[index].toldEnd != cursors[index].next {
                cursors[index].toldEnd = cursors[index].next
                events.append(
                    .reachedEnd(
                        cursors[index].partition.topicPartition, Offset(cursors[index].next)))
            }
        }
    }

    private func read(
        _ cursor: inout LocalCursor, into records: inout ContiguousArray<LogRecord>, max: Int
    ) throws(LogError) -> Int {
        let rows = try cursor.partition.select()
        // Reset ends the read transaction: a statement left open would keep the WAL from shrinking.
        defer { rows.reset() }
        rows.bind(1, cursor.next)
        var got = 0
        while got < max, try rows.step("read") {
            let offset = try database.offset(rows.number(0), of: cursor.partition, "read")
            // A torn tree may lead back: without this its readers would go round in it for ever.
            guard offset.rawValue >= cursor.next else {
                throw .torn(
                    database.connection.path, "read",
                    "offset \(offset.rawValue) where \(cursor.next) was looked for")
            }
            records.append(try record(rows, of: cursor.partition.topicPartition, at: offset))
            cursor.next = offset.rawValue + 1
            got += 1
        }
        return got
    }

    /// Copies a row's bytes into the arena: views of the headers first, for they need alignment.
    private func record(
        _ row: LocalStatement, of place: TopicPartition, at offset: Offset
    ) throws(LogError) -> LogRecord {
        let key = row.bytes(2)
        let value = row.bytes(3)
        let packed = row.bytes(4)
        let count = packed.map { LocalHeaders.count(in: $0) ?? -1 } ?? 0
        let viewBytes = Swift.max(0, count) * MemoryLayout<HeaderView>.stride
        let size = viewBytes + (key?.count ?? 0) + (value?.count ?? 0) + (packed?.count ?? 0)
        // Never nothing: an empty key needs an address too.
        let (start, owner) = arena.reserve(size + 1)
        var at = start + viewBytes
        func copy(_ bytes: ByteView?) -> ByteView? {
            guard let bytes else { return nil }
            if let from = bytes.baseAddress { at.copyMemory(from: from, byteCount: bytes.count) }
            defer { at += bytes.count }
            return ByteView(start: at, count: bytes.count)
        }
        let ownKey = copy(key)
        let ownValue = copy(value)
        let views = UnsafeMutableBufferPointer(
            start: start.assumingMemoryBound(to: HeaderView.self), count: Swift.max(0, count))
        if let headers = copy(packed), count < 0 || !LocalHeaders.unpack(headers, into: views) {
            arena.release(owner)
            throw .torn(
                database.connection.path, "read",
                "headers of \(place.topic.name)/\(place.partition.rawValue) at "
                    + "\(offset.rawValue)")
        }
        return LogRecord(
            topic: place.topic, partition: place.partition, offset: offset,
            appendTime: Instant(milliseconds: row.number(1)), key: ownKey, value: ownValue,
            headers: UnsafeBufferPointer(views), owner: owner)
    }

    private static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
