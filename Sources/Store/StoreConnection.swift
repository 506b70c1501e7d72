// One connection to one SQLite file. The handle has one owner and never leaves this file; after any
// error the connection is dropped at once, so that nothing can go on on an outcome that nobody
// knows.
//
// What is written reaches the file itself at checkpoints, which are ours alone: those that SQLite
// makes by itself (after so many pages, at closing) do not tell when a sync fails.

import CSQLite

/// Used by one thread. Any error drops the connection: every later call throws.
final class StoreConnection {
    let path: String
    private let file: TaskFile?
    private var handle: OpaquePointer?
    /// Pages in the WAL after which a transaction takes the time to bring them to the file. A batch
    /// of 100,000 ids is 2.4 MB: SQLite's 1,000 pages would do so at every second one.
    var checkpointPages = 4_000
    private var pagesInWAL = 0

    /// Opens (and creates) the file and sets what every connection of ours has.
    /// - Parameter file: what lies at the path, with the disk to open it on; nil: nothing on a
    /// disk.
    init(path: String, file: TaskFile? = nil) throws(StoreError) {
        self.path = path
        self.file = file
        let flags =
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &handle, flags, file?.files.vfs)
        guard code == SQLITE_OK else { throw fail("open", code) }
        takeCheckpointsOver()
        // EXCLUSIVE: a task's file has one owner; a second one is told (inUse) instead of let in,
        // and the WAL's index needs no shared memory that a crash could leave behind.
        try execute("PRAGMA locking_mode=EXCLUSIVE")
        try execute("PRAGMA trusted_schema=OFF")
        try execute("PRAGMA cell_size_check=ON")
        try execute("PRAGMA mmap_size=0")
        try execute("PRAGMA cache_size=-8192")
        try execute("PRAGMA temp_store=MEMORY")
    }

    deinit { drop() }

    private func takeCheckpointsOver() {
        holdfast_checkpoint_at_close(handle, 0)
        // The hook takes the place of the one that makes checkpoints.
        let own = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            handle,
            { own, _, _, pages in
                let connection = Unmanaged<StoreConnection>.fromOpaque(own!).takeUnretainedValue()
                connection.pagesInWAL = Int(pages)
                return SQLITE_OK
            }, own)
    }

    /// Whether an error (or `drop`) has ended this connection.
    var isDropped: Bool { handle == nil }

    /// Closes the file; an open transaction is rolled back. Statements die with it.
    func drop() {
        guard let handle else { return }
        self.handle = nil
        // Statements first: a handle with a living statement would keep the file's lock.
        while let statement = sqlite3_next_stmt(handle, nil) { sqlite3_finalize(statement) }
        sqlite3_close(handle)
    }

    /// Closes the file with all of it on the disk, and leaves no WAL behind.
    func closeInOrder() throws(StoreError) {
        try checkpoint("TRUNCATE")
        // There is nothing left to bring to the file: the WAL is only removed.
        holdfast_checkpoint_at_close(handle, 1)
        drop()
    }

    /// Runs one statement that answers nothing we want to know.
    func execute(_ sql: String) throws(StoreError) {
        guard let handle else { throw droppedBefore(sql) }
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw fail(sql, code) }
    }

    /// Compiles one statement.
    func prepare(_ sql: String) throws(StoreError) -> Statement {
        Statement(try compile(sql), of: self, sql: sql)
    }

    /// A statement that is compiled when it is first used: a store that is opened and closed again
    /// does not need all of them.
    func statement(_ sql: String) -> Statement { Statement(nil, of: self, sql: sql) }

    /// For `Statement` alone.
    func compile(_ sql: String) throws(StoreError) -> OpaquePointer {
        guard let handle else { throw droppedBefore(sql) }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(
            handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw fail(sql, code) }
        return statement
    }

    /// The first column of the first row, as an integer; nil without a row.
    func integer(_ sql: String) throws(StoreError) -> Int64? {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : nil
    }

    /// One transaction is one brace. Any error, the body's or COMMIT's, drops the connection.
    func transaction(_ body: () throws(StoreError) -> Void) throws(StoreError) {
        try execute("BEGIN IMMEDIATE")
        do {
            try body()
        } catch {
            drop()
            throw error
        }
        try execute("COMMIT")
        if pagesInWAL >= checkpointPages { try checkpoint("PASSIVE") }
    }

    /// Brings what the WAL holds to the file, and both to the disk.
    /// - Parameter mode: SQLite's word for what becomes of the WAL.
    func checkpoint(_ mode: String) throws(StoreError) {
        pagesInWAL = 0
        let checkpoint = try prepare("PRAGMA wal_checkpoint(\(mode))")
        guard try checkpoint.step(), checkpoint.integer(0) == 0 else {
            drop()
            throw .damaged("checkpoint", path: path, "it cannot be checkpointed")
        }
    }

    /// Makes the error of an answer, and drops the connection.
    func fail(_ operation: String, _ code: Int32) -> StoreError {
        let text =
            handle.map { String(cString: sqlite3_errmsg($0)) }
            ?? String(cString: sqlite3_errstr(code))
        let systemError = handle.map { sqlite3_system_errno($0) } ?? 0
        drop()
        if code == StoreError.failedSync || code == StoreError.failedSyncOfNames, let file {
            return .unsynced(
                operation, path: path, code: code, systemError: systemError,
                isGone: file.giveUp())
        }
        return .sqlite(
            operation, path: path, code: code,
            systemError: code & 0xff == SQLITE_IOERR ? systemError : 0, text: text)
    }

    /// The answer to every call after the first error.
    func droppedBefore(_ operation: String) -> StoreError {
        StoreError(
            operation: operation, code: "connectionDropped", reaction: .dropConnection,
            message: "\(path): used after an error had dropped its connection",
            hint: StoreError.hint(for: .dropConnection))
    }
}
