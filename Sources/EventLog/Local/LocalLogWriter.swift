// LogWriter over the local log: collects records and appends them some thousands at a time.

package import EventModel

/// Writes records outside of the worker's transactions. Any number of processes may.
package final class LocalLogWriter: LogWriter {
    private static let recordsMax = 4_000
    private static let bytesMax = 8 << 20
    private let database: LocalDatabase
    private let appender: LocalAppender
    private var buffer = TransactionBuffer()

    /// Opens `directory/log.sqlite`; the clock gives append times.
    package init(directory: String, clock: @escaping () -> Instant) throws(LogError) {
        database = try LocalDatabase(directory: directory)
        appender = try LocalAppender(database, clock: clock)
    }

    package func write(
        topic: Topic, partition: Partition?, key: ByteView?, value: ByteView?,
        headers: [(name: String, value: [UInt8])]
    ) throws(LogError) {
        let count = try database.requirePartitions(of: topic, "write")
        let chosen = partition ?? key.map { Partition.of(key: $0, count: count) } ?? Partition(0)
        // Refused here, so that one record's bad partition does not fail its neighbours.
        _ = try database.partition(topic, chosen, "write")
        buffer.append(topic: topic, partition: chosen, key: key, value: value)
        for header in headers {
            Array(header.name.utf8).withUnsafeBytes { name in
                header.value.withUnsafeBytes { buffer.addHeader(name: name, value: $0) }
            }
        }
        if buffer.entries.count >= Self.recordsMax || buffer.bytes.count >= Self.bytesMax {
            try flush()
        }
    }

    /// After an error that says `retry`, what is queued is still queued.
    package func flush() throws(LogError) {
        guard !buffer.isEmpty else { return }
        _ = try appender.append(buffer, "write")
        buffer.reset()
    }

    /// What has not been flushed is dropped.
    package func close() { buffer.reset() }
}
