// Reading a task's file back, checking every row against its sum. Cursors instead of callbacks: the
// caller's own errors stay its own.

package import EventModel

/// The rows of a task in the order of their keys.
package struct RowCursor: ~Copyable {
    fileprivate let statement: Statement
    fileprivate let connection: StoreConnection

    /// The next row, valid until the next call; nil at the end.
    /// - Throws: `setAside` when a row does not match its sum.
    package mutating func next() throws(StoreError) -> (key: ByteView, value: ByteView)? {
        guard try statement.step() else { return nil }
        let key = statement.bytes(0)
        let value = statement.bytes(1)
        guard Checksum.ofRow(key: key, value: value) == statement.integer(2) else {
            let error = StoreError.damaged(
                "read rows", path: connection.path, "row '\(key.text)' does not match its sum")
            connection.drop()
            throw error
        }
        return (key, value)
    }
}

/// The sightings of one topic, bucket by bucket, each in the order it was written.
package struct SightingCursor: ~Copyable {
    fileprivate let statement: Statement
    fileprivate let topic: Topic

    /// The next block; nil at the end. What is inside is checked when it is loaded.
    package mutating func next() throws(StoreError) -> SightingBlock? {
        guard try statement.step() else { return nil }
        return SightingBlock(
            topic: topic, bucket: statement.integer(0), bytes: Array(statement.bytes(1)))
    }
}

extension TaskStore {
    /// All rows, in the order of their keys. The store must not be written to meanwhile.
    package func rows() throws(StoreError) -> RowCursor {
        RowCursor(
            statement: try connection.prepare("SELECT key, value, sum FROM row ORDER BY key"),
            connection: connection)
    }

    /// The sightings of a topic from a bucket on.
    package func sightings(topic: Topic, fromBucket bucket: Int64) throws(StoreError)
        -> SightingCursor
    {
        let statement = try connection.prepare(
            """
            SELECT bucket, block FROM sighting WHERE topic = ? AND bucket >= ?
              ORDER BY bucket, seq
            """)
        try statement.bind(1, Int64(topic.rawValue))
        try statement.bind(2, bucket)
        return SightingCursor(statement: statement, topic: topic)
    }

    /// Fills a window from the file; its clock (from the head) must have been set.
    /// - Throws: `setAside` when a block is damaged.
    package func load(into window: inout DedupeWindow) throws(StoreError) {
        var cursor = try sightings(topic: window.topic, fromBucket: window.lowestLiveBucket)
        while let block = try cursor.next() {
            do throws(SightingError) {
                try window.load(block)
            } catch {
                let found = StoreError.damaged(
                    "read sightings", path: connection.path, error.description)
                connection.drop()
                throw found
            }
        }
    }
}
