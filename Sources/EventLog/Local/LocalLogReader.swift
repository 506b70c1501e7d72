// LogReader over the local log: a connection of its own, no side effects.

package import EventModel

/// Reads any partition of the local log. `release` must come before the reader is gone.
package final class LocalLogReader: LogReader {
    private let database: LocalDatabase
    private let fetcher: LocalFetcher

    /// Opens `directory/log.sqlite`.
    package init(directory: String) throws(LogError) {
        database = try LocalDatabase(directory: directory)
        fetcher = try LocalFetcher(database)
    }

    package func partitionCount(of topic: Topic) throws(LogError) -> Int32 {
        try database.requirePartitions(of: topic, "partition count")
    }

    package func lowWatermark(of place: TopicPartition) throws(LogError) -> Offset {
        let what = "low watermark"
        let partition = try database.partition(place.topic, place.partition, what)
        let low = try database.connection.number(
            """
            SELECT coalesce((SELECT min(offset) FROM records_\(partition.id)), next)
            FROM partitions WHERE id = \(partition.id)
            """, what)
        return try database.offset(low, of: partition, what)
    }

    /// Both isolations see the same: an open SQLite transaction is seen by nobody.
    package func end(
        of place: TopicPartition, isolation: Isolation
    ) throws(LogError) -> Offset {
        let partition = try database.partition(place.topic, place.partition, "end")
        return Offset(try database.end(of: partition, "end"))
    }

    /// Binary search: append times of a partition never run backwards here. Offsets may have holes
    /// in a copy of another log: the record at or after the middle stands for it.
    package func offset(
        of place: TopicPartition, at instant: Instant
    ) throws(LogError) -> Offset? {
        let what = "offset at an instant"
        var low = try lowWatermark(of: place).rawValue
        var high = try end(of: place, isolation: .committed).rawValue
        var found: Int64?
        let partition = try database.partition(place.topic, place.partition, what)
        let rows = try partition.select()
        defer { rows.reset() }
        while low < high {
            let middle = low + (high - low) / 2
            rows.reset()
            rows.bind(1, middle)
            guard try rows.step(what) else {
                high = middle
                continue
            }
            if Instant(milliseconds: rows.number(1)) < instant {
                let next = try database.offset(rows.number(0), of: partition, what).next.rawValue
                low = max(middle + 1, next)
            } else {
                found = try database.offset(rows.number(0), of: partition, what).rawValue
                high = middle
            }
        }
        return found.map { Offset($0) }
    }

    package func assign(_ positions: [(TopicPartition, Offset)]) throws(LogError) {
        fetcher.stopAll()
        for (place, offset) in positions {
            try fetcher.start(place, at: max(offset, try lowWatermark(of: place)), "assign")
        }
    }

    package func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        try fetcher.poll(
            &records, &events, max: max, timeoutMilliseconds: timeoutMilliseconds)
    }

    package func release(_ record: LogRecord) { fetcher.release(record) }

    /// Stops reading; the file is closed when the last record is released and the reader gone.
    package func close() { fetcher.stopAll() }
}
