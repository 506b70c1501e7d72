// Appends a transaction's records and offsets: one SQLite transaction, prepared statements, the
// bytes
// bound where they lie.

import EventModel

/// What an append did.
struct LocalAppend {
    /// The wall clock before and after, and each written partition's last offset and append time.
    var sentAt: Instant
    var written: [(TopicPartition, last: Offset, time: Instant)]
}

/// The one who writes records. Used by one thread.
final class LocalAppender {
    private let database: LocalDatabase
    private let clock: () -> Instant
    private let readNext: LocalStatement
    private let writeNext: LocalStatement
    private let writeOffset: LocalStatement
    private var run: Int64 = 0
    private var touched: [LocalPartition] = []
    private var packed: [UInt8] = []

    init(_ database: LocalDatabase, clock: @escaping () -> Instant) throws(LogError) {
        self.database = database
        self.clock = clock
        let connection = database.connection
        readNext = try connection.prepare(
            "SELECT next, time FROM partitions WHERE id = ?1", "append")
        writeNext = try connection.prepare(
            "UPDATE partitions SET next = ?2, time = ?3 WHERE id = ?1", "append")
        writeOffset = try connection.prepare(
            "INSERT INTO group_offsets VALUES (?1, ?2) ON CONFLICT DO UPDATE SET next = ?2",
            "append")
    }

    /// All of it or nothing. All records share the time of their commit, but no partition's time
    /// runs
    /// backwards when the wall clock does.
    func append(
        _ buffer: borrowing TransactionBuffer, offsets: [(TopicPartition, Offset)] = [],
        _ operation: String
    ) throws(LogError) -> LocalAppend {
        let sentAt = clock()
        try database.connection.run("BEGIN IMMEDIATE", operation)
        do throws(LogError) {
            // Taken while we hold the lock, so that times rise in the order of the commits.
            try insert(buffer, now: clock().milliseconds, operation)
            for (place, offset) in offsets {
                let partition = try database.partition(place.topic, place.partition, operation)
                writeOffset.bind(1, partition.id)
                writeOffset.bind(2, offset.rawValue)
                try writeOffset.run(operation)
            }
        } catch {
            database.connection.rollBack()
            throw error
        }
        do throws(LogError) { try database.connection.run("COMMIT", operation) } catch {
            database.connection.rollBack()
            throw error.ofCommit
        }
        return LocalAppend(
            sentAt: sentAt,
            written: touched.map {
                ($0.topicPartition, Offset($0.next - 1), Instant(milliseconds: $0.time))
            })
    }

    private func insert(
        _ buffer: borrowing TransactionBuffer, now: Int64, _ operation: String
    ) throws(LogError) {
        run += 1
        touched.removeAll(keepingCapacity: true)
        let entries = buffer.entries
        let headers = buffer.headers
        try buffer.bytes.withUnsafeBufferPointer { (buffered) throws(LogError) in
            let bytes = ByteView(buffered)
            for entry in entries {
                let partition = try database.partition(entry.topic, entry.partition, operation)
                if partition.run != run { try begin(partition, now: now, operation) }
                let statement = try partition.insert()
                statement.bind(1, partition.next)
                statement.bind(2, partition.time)
                statement.bind(3, bytes.view(entry.keyStart, entry.keyLength))
                statement.bind(4, bytes.view(entry.valueStart, entry.valueLength))
                if entry.headerCount == 0 {
                    statement.bind(5, nil)
                    try statement.run(operation)
                } else {
                    let range = entry.headerStart..<entry.headerStart + entry.headerCount
                    pack(headers[range], of: bytes)
                    try packed.withUnsafeBufferPointer { (packed) throws(LogError) in
                        statement.bind(5, ByteView(packed))
                        try statement.run(operation)
                    }
                }
                partition.next += 1
            }
        }
        for partition in touched {
            writeNext.bind(1, partition.id)
            writeNext.bind(2, partition.next)
            writeNext.bind(3, partition.time)
            try writeNext.run(operation)
        }
    }

    private func begin(
        _ partition: LocalPartition, now: Int64, _ operation: String
    ) throws(LogError) {
        readNext.bind(1, partition.id)
        defer { readNext.reset() }
        // Listed a moment ago by another index of the file: when it is torn, they differ.
        guard try readNext.step(operation) else {
            throw .torn(
                database.connection.path, operation,
                "partition \(partition.id) is listed and is not there")
        }
        partition.next = try database.offset(readNext.number(0), of: partition, operation).rawValue
        partition.time = max(now, readNext.number(1))
        partition.run = run
        touched.append(partition)
    }

    private func pack(_ headers: ArraySlice<TransactionBuffer.HeaderEntry>, of bytes: ByteView) {
        packed.removeAll(keepingCapacity: true)
        LocalHeaders.append(headers.count, to: &packed)
        for header in headers {
            let name = ByteView(
                rebasing: bytes[header.nameStart..<header.nameStart + header.nameLength])
            LocalHeaders.append(
                name: name, value: bytes.view(header.valueStart, header.valueLength), to: &packed)
        }
    }
}

extension ByteView {
    /// A range of these bytes; nil for a length of -1, which stands for a null.
    fileprivate func view(_ start: Int, _ length: Int) -> ByteView? {
        length < 0 ? nil : ByteView(rebasing: self[start..<start + length])
    }
}
