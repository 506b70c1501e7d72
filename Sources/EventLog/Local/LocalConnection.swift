// One SQLite connection of the local log. The handle never leaves this file; errors become
// LogErrors
// here and nowhere else.

import CSQLite
import Glibc

/// An open connection. Used by one thread at a time; closed when the last statement is gone.
final class LocalConnection {
    let path: String
    private let handle: OpaquePointer

    /// How long a writer waits for another one's transaction, in milliseconds.
    static let busyMillisecondsMax: Int32 = 10_000

    init(path: String) throws(LogError) {
        self.path = path
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            let error = LogError(
                sqlite: code, operation: "open", path: path,
                detail: opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory")
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        // SQLite's own busy timeout sleeps up to 100 ms between attempts: too long beside
        // transactions that last 2 ms.
        sqlite3_busy_handler(
            handle,
            { _, attempt in
                usleep(500)
                return attempt < LocalConnection.busyMillisecondsMax * 2 ? 1 : 0
            }, nil)
    }

    deinit { sqlite3_close_v2(handle) }

    /// Runs statements that answer nothing.
    func run(_ sql: String, _ operation: String) throws(LogError) {
        try check(sqlite3_exec(handle, sql, nil, nil, nil), operation)
    }

    func prepare(_ sql: String, _ operation: String) throws(LogError) -> LocalStatement {
        var statement: OpaquePointer?
        let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
        try check(sqlite3_prepare_v3(handle, sql, -1, flags, &statement, nil), operation)
        guard let statement else { preconditionFailure("an empty statement: \(sql)") }
        return LocalStatement(statement, of: self)
    }

    /// The first column of the first row of a query, 0 when there is none.
    func number(_ sql: String, _ operation: String) throws(LogError) -> Int64 {
        let statement = try prepare(sql, operation)
        return try statement.step(operation) ? statement.number(0) : 0
    }

    /// Takes back an open transaction; what failed before is what the caller reports.
    func rollBack() {
        if sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
    }

    func check(_ code: Int32, _ operation: String) throws(LogError) {
        guard code != SQLITE_OK else { return }
        throw LogError(
            sqlite: sqlite3_extended_errcode(handle), operation: operation, path: path,
            detail: String(cString: sqlite3_errmsg(handle)))
    }
}
