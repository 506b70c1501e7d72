// A connection to `DIR/log.sqlite` with what it knows of topics: the base of streams, readers,
// writers and admins.

import EventModel
import Glibc

/// One partition, with its statements prepared at first use.
final class LocalPartition {
    let id: Int64
    let topicPartition: TopicPartition
    private let connection: LocalConnection
    private var insertion: LocalStatement?
    private var selection: LocalStatement?
    /// While an append runs: the offset of its next record, the append time, and whose run it is.
    var next: Int64 = 0
    var time: Int64 = 0
    var run: Int64 = 0

    init(id: Int64, _ topicPartition: TopicPartition, of connection: LocalConnection) {
        self.id = id
        self.topicPartition = topicPartition
        self.connection = connection
    }

    func insert() throws(LogError) -> LocalStatement {
        if let insertion { return insertion }
        let statement = try connection.prepare(
            "INSERT INTO records_\(id) VALUES (?1, ?2, ?3, ?4, ?5)", "append")
        insertion = statement
        return statement
    }

    /// Rows from an offset: offset, time, key, value, headers.
    func select() throws(LogError) -> LocalStatement {
        if let selection { return selection }
        let statement = try connection.prepare(
            """
            SELECT offset, time, key, value, headers FROM records_\(id)
            WHERE offset >= ?1 ORDER BY offset
            """, "read")
        selection = statement
        return statement
    }
}

/// The log's file, opened.
final class LocalDatabase {
    let connection: LocalConnection
    /// By topic row, then partition number; empty for a topic that does not exist.
    private var partitions: [[LocalPartition]]

    /// Opens the log of a directory; makes directory and file when they are not there.
    init(directory: String) throws(LogError) {
        if mkdir(directory, 0o750) != 0, errno != EEXIST {
            throw LogError(
                operation: "open the log", code: "ERRNO_\(errno)", reaction: .stopProcess,
                message: "the directory \(directory) cannot be made: "
                    + String(cString: strerror(errno)),
                hint: "Make it, or name another one with --log local:DIR.")
        }
        connection = try LocalConnection(path: directory + "/log.sqlite")
        partitions = Array(repeating: [], count: Topic.allCases.count)
        try LocalSchema.prepare(connection)
        try loadTopics()
    }

    func loadTopics() throws(LogError) {
        let rows = try connection.prepare(
            """
            SELECT name, partition, partitions.id FROM topics
            JOIN partitions ON topic = topics.id ORDER BY topics.id, partition
            """, "read topics")
        var loaded: [[LocalPartition]] = Array(repeating: [], count: Topic.allCases.count)
        while try rows.step("read topics") {
            // A topic that a newer contract added is none of our business.
            guard let topic = Topic(name: rows.text(0)) else { continue }
            // Partitions are found by their number, and a table by its id.
            let number = rows.number(1)
            guard number == loaded[Int(topic.rawValue)].count, rows.number(2) > 0 else {
                throw .torn(
                    connection.path, "read topics",
                    "partition \(number) of \(topic.name) has no place")
            }
            loaded[Int(topic.rawValue)].append(
                LocalPartition(
                    id: rows.number(2), TopicPartition(topic, Partition(Int32(number))),
                    of: connection))
        }
        partitions = loaded
    }

    /// An offset out of the file, where damage may have left any number; the last one there is
    /// has no next.
    func offset(
        _ number: Int64, of partition: LocalPartition, _ operation: String
    ) throws(LogError) -> Offset {
        guard number >= 0, number < .max else {
            let place = partition.topicPartition
            throw .torn(
                connection.path, operation,
                "\(number) is no offset of \(place.topic.name)/\(place.partition.rawValue)")
        }
        return Offset(number)
    }

    /// 0 when the topic does not exist.
    func partitionCount(of topic: Topic) -> Int32 { Int32(partitions[Int(topic.rawValue)].count) }

    /// Partitions of a topic that must be there. One made since we looked is found.
    func requirePartitions(of topic: Topic, _ operation: String) throws(LogError) -> Int32 {
        if partitionCount(of: topic) == 0 { try loadTopics() }
        let count = partitionCount(of: topic)
        guard count > 0 else {
            throw .missing(topic: topic.name, operation: operation, path: connection.path)
        }
        return count
    }

    func partition(
        _ topic: Topic, _ partition: Partition, _ operation: String
    ) throws(LogError) -> LocalPartition {
        let number = Int(partition.rawValue)
        let known = partitions[Int(topic.rawValue)]
        if number < known.count { return known[number] }
        let count = try requirePartitions(of: topic, operation)
        guard number < count else {
            throw LogError(
                operation: operation, code: "UNKNOWN_TOPIC_OR_PARTITION", reaction: .stopProcess,
                message: "the topic \(topic.name) has \(count) partitions, there is no partition "
                    + "\(number) (local log \(connection.path))",
                hint: "Compare the topics with the contract: holdfast topics check")
        }
        return partitions[Int(topic.rawValue)][number]
    }

    /// The offset of the next record of a partition.
    func end(of partition: LocalPartition, _ operation: String) throws(LogError) -> Int64 {
        let next = try connection.number(
            "SELECT next FROM partitions WHERE id = \(partition.id)", operation)
        return try offset(next, of: partition, operation).rawValue
    }

    /// One SQLite transaction around the body: all of it or nothing.
    func transaction<Result>(
        _ operation: String, _ body: () throws(LogError) -> Result
    ) throws(LogError) -> Result {
        try connection.run("BEGIN IMMEDIATE", operation)
        let result: Result
        do throws(LogError) { result = try body() } catch {
            connection.rollBack()
            throw error
        }
        do throws(LogError) { try connection.run("COMMIT", operation) } catch {
            connection.rollBack()
            throw error.ofCommit
        }
        return result
    }
}
