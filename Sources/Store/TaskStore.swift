// The materialisation of one task: its state rows, its head and the sightings of its dedupe windows
// in one SQLite file. Kafka is the truth; this file only saves the time to read it again. It may be
// behind, never ahead, and it is never trusted: what does not match its sum is set aside and
// rebuilt.

package import EventModel

/// The open file of one task. Used by one thread; after any error it only throws: close it, open
/// again, read the position.
package final class TaskStore {
    /// How the file was found.
    package enum OpenReport: Equatable, Sendable {
        /// There was none.
        case fresh
        /// It is as it was left, perhaps behind the log.
        case opened
        /// It was damaged (or refused and to be rebuilt): kept at this path, an empty one begun. To
        /// be told loudly.
        case setAside(path: String, why: String)
    }

    package let identity: TaskIdentity
    package let openReport: OpenReport
    let connection: StoreConnection
    let statements: TaskStatements
    var meta: TaskMeta
    /// Since when the file has pages that were written without waiting for the disk.
    var builtAt: Instant?

    init(_ connection: StoreConnection, identity: TaskIdentity, report: OpenReport)
        throws(StoreError)
    {
        self.identity = identity
        self.connection = connection
        openReport = report
        meta = try TaskMeta.read(from: connection)
        statements = TaskStatements(on: connection)
    }

    /// The head of the task as in holdfast.state, canonical JSON; nil before the first batch.
    package var head: [UInt8]? { meta.head }
    /// Where to roll forward from in the task's partition of holdfast.state; nil in a file never
    /// written to.
    package var changelogNext: Offset? { meta.changelogNext }
    /// When the file was last written to, by the clock of the writer.
    package var savedAt: Instant? { meta.savedAt }

    /// Closes the file in order, so that the next opening need not check every page. After an error
    /// there is no order to close in: the connection is gone already and this does nothing.
    /// - Returns: why it could not: it costs the next opening a check, or a restore.
    @discardableResult
    package func close() -> StoreError? {
        guard !connection.isDropped else { return nil }
        defer { connection.drop() }
        do throws(StoreError) {
            try bringToDisk()
            try note(.inOrder)
            try connection.closeInOrder()
        } catch {
            return error
        }
        return nil
    }
}

/// The statements of a task's file that run with every batch, each compiled once.
struct TaskStatements: ~Copyable {
    let putRow: Statement
    let removeRow: Statement
    let addSighting: Statement
    let oldSighting: Statement
    let dropSightings: Statement
    let putMeta: Statement

    init(on connection: StoreConnection) {
        putRow = connection.statement("INSERT OR REPLACE INTO row VALUES(?, ?, ?)")
        removeRow = connection.statement("DELETE FROM row WHERE key = ?")
        addSighting = connection.statement("INSERT INTO sighting VALUES(?, ?, ?, ?)")
        oldSighting = connection.statement(
            "SELECT 1 FROM sighting WHERE topic = ? AND bucket < ? LIMIT 1")
        dropSightings = connection.statement(
            """
            DELETE FROM sighting WHERE (topic, bucket, seq) IN (
              SELECT topic, bucket, seq FROM sighting WHERE topic = ? AND bucket < ?
                ORDER BY bucket, seq LIMIT 16)
            """)
        putMeta = connection.statement(TaskMeta.writeSQL)
    }
}
