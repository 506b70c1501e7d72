// Copies another log's records into a new local log, each at the offset and with the append time
// that it has there: order, ranges of batch records and the dedupe window stay what they were, so
// that a run can be looked at and decided again far from its brokers. Offsets that carry no record
// (control markers, aborted records) are left out here as they are for every reader.

package import EventModel

/// Fills a new local log. Used by one thread; nothing is readable as an end before `finish`.
package final class LocalLogImporter {
    private static let recordsMax = 20_000
    private let database: LocalDatabase
    private let admin: LocalLogAdmin
    private let finishing: LocalStatement
    private var pending = 0
    private var packed: [UInt8] = []

    /// Makes `directory/log.sqlite`; a log that has topics already is refused.
    package init(directory: String) throws(LogError) {
        database = try LocalDatabase(directory: directory)
        admin = try LocalLogAdmin(directory: directory)
        finishing = try database.connection.prepare(
            "UPDATE partitions SET next = ?2, time = max(time, ?3) WHERE id = ?1", "import")
        guard try admin.describe(Topic.allCases).isEmpty else {
            throw LogError(
                operation: "import", code: "EEXIST", reaction: .stopProcess,
                message: "\(directory) holds a log already",
                hint: "Name a directory that is new: a copy is never mixed with other records.")
        }
    }

    /// Makes a topic as the other log has it.
    package func create(_ topic: Topic, as described: TopicDescription) throws(LogError) {
        try admin.create(topic, as: described)
    }

    /// Puts a record where it was. Offsets of a partition rise.
    package func add(_ record: borrowing LogRecord) throws(LogError) {
        let what = "import"
        if pending == 0 { try database.connection.run("BEGIN IMMEDIATE", what) }
        let partition = try database.partition(record.topic, record.partition, what)
        let statement = try partition.insert()
        statement.bind(1, record.offset.rawValue)
        statement.bind(2, record.appendTime.milliseconds)
        statement.bind(3, record.key)
        statement.bind(4, record.value)
        packed.removeAll(keepingCapacity: true)
        if record.headers.isEmpty {
            statement.bind(5, nil)
            try statement.run(what)
        } else {
            LocalHeaders.append(record.headers.count, to: &packed)
            for header in record.headers {
                LocalHeaders.append(name: header.name, value: header.value, to: &packed)
            }
            try packed.withUnsafeBufferPointer { (bytes) throws(LogError) in
                statement.bind(5, ByteView(bytes))
                try statement.run(what)
            }
        }
        partition.time = max(partition.time, record.appendTime.milliseconds)
        pending += 1
        if pending >= Self.recordsMax { try commit() }
    }

    /// The partition ends here, also when its last offsets carry no record.
    package func finish(_ place: TopicPartition, at end: Offset) throws(LogError) {
        try commit()
        let partition = try database.partition(place.topic, place.partition, "import")
        finishing.bind(1, partition.id)
        finishing.bind(2, end.rawValue)
        finishing.bind(3, partition.time)
        try finishing.run("import")
    }

    private func commit() throws(LogError) {
        guard pending > 0 else { return }
        try database.connection.run("COMMIT", "import")
        pending = 0
    }
}
