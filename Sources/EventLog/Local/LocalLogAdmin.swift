// LogAdmin over the local log. Settings are kept as they were asked for, so that `topics check`
// compares them as it does on Kafka; retention is not enforced: a local log keeps everything.

package import EventModel

/// Topics of the local log.
package final class LocalLogAdmin: LogAdmin {
    private let database: LocalDatabase

    package init(directory: String) throws(LogError) {
        database = try LocalDatabase(directory: directory)
    }

    package func describe(
        _ topics: [Topic]
    ) throws(LogError) -> [Topic: TopicDescription] {
        let what = "describe topics"
        var found: [Topic: TopicDescription] = [:]
        let rows = try database.connection.prepare(
            "SELECT id, name, partitions, replication FROM topics", what)
        let settings = try database.connection.prepare(
            "SELECT name, value FROM settings WHERE topic = ?1", what)
        while try rows.step(what) {
            guard let topic = Topic(name: rows.text(1)), topics.contains(topic) else { continue }
            guard let partitions = Int32(exactly: rows.number(2)),
                let replication = Int32(exactly: rows.number(3))
            else {
                throw .torn(
                    database.connection.path, what,
                    "\(topic.name) has \(rows.number(2)) partitions")
            }
            var description = TopicDescription(
                partitions: partitions, replication: replication, settings: [:])
            settings.bind(1, rows.number(0))
            while try settings.step(what) {
                description.settings[settings.text(0)] = settings.text(1)
            }
            settings.reset()
            found[topic] = description
        }
        return found
    }

    /// A file has one copy; the replication asked for is kept for the comparison with the contract.
    package func create(_ topic: Topic, as wanted: TopicDescription) throws(LogError) {
        let what = "create topic"
        precondition(wanted.partitions > 0, "a topic has a partition")
        let connection = database.connection
        try database.transaction(what) { () throws(LogError) in
            guard try id(of: topic, what) == 0 else {
                throw LogError(
                    operation: what, code: "TOPIC_ALREADY_EXISTS", reaction: .stopProcess,
                    message: "the topic \(topic.name) exists already in \(connection.path)",
                    hint: "Compare it with the contract: holdfast topics check")
            }
            try connection.run(
                """
                INSERT INTO topics (name, partitions, replication)
                VALUES ('\(topic.name)', \(wanted.partitions), \(wanted.replication))
                """, what)
            let topicID = try id(of: topic, what)
            for number in 0..<wanted.partitions {
                try connection.run(
                    """
                    INSERT INTO partitions (topic, partition, next, time)
                    VALUES (\(topicID), \(number), 0, 0)
                    """, what)
                let partitionID = try connection.number("SELECT last_insert_rowid()", what)
                try connection.run(LocalSchema.recordsTable(partitionID), what)
            }
            try set(wanted.settings, of: topicID, what)
        }
    }

    package func alter(_ topic: Topic, settings: [String: String]) throws(LogError) {
        let what = "alter topic"
        try database.transaction(what) { () throws(LogError) in
            let topicID = try id(of: topic, what)
            guard topicID != 0 else {
                throw .missing(
                    topic: topic.name, operation: what, path: database.connection.path)
            }
            try set(settings, of: topicID, what)
        }
    }

    package func close() {}

    /// 0 when there is no such topic.
    private func id(of topic: Topic, _ what: String) throws(LogError) -> Int64 {
        try database.connection.number(
            "SELECT id FROM topics WHERE name = '\(topic.name)'", what)
    }

    private func set(
        _ settings: [String: String], of topicID: Int64, _ what: String
    ) throws(LogError) {
        let row = try database.connection.prepare(
            "INSERT OR REPLACE INTO settings VALUES (?1, ?2, ?3)", what)
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            row.bind(1, topicID)
            row.bind(2, name)
            row.bind(3, value)
            try row.run(what)
        }
    }
}
