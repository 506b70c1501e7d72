// Rows of a local log changed by SQL, as somebody with the sqlite3 tool might: pages and types stay
// right, the content does not. A line is TABLE COLUMN ROWID VALUE; a value that is a number is one,
// any other is bytes.

import CSQLite
import EventModel

/// Edits a file of SQLite.
enum LogEdit {
    private static let linesMax = 32
    private static let tables: [String: Set<String>] = [
        "topics": ["name", "partitions", "replication", "id"],
        "partitions": ["topic", "partition", "next", "time", "id"],
        "group_offsets": ["next", "partition"], "settings": ["value"],
    ]
    private static let recordColumns: Set<String> = ["offset", "time", "key", "value", "headers"]

    static func apply(_ script: ByteView, to path: String) {
        var handle: OpaquePointer?
        guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
            return
        }
        defer { sqlite3_close(handle) }
        sqlite3_exec(handle, "PRAGMA synchronous = OFF; BEGIN", nil, nil, nil)
        TextLine.forEach(in: script, max: linesMax) { line in
            var line = line
            let (table, column, row) = (line.word(), line.word(), line.number())
            guard isKnown(table, column) else { return }
            edit(handle, table, column, row, line.bytes)
        }
        sqlite3_exec(handle, "COMMIT", nil, nil, nil)
    }

    /// Group offsets expire when nobody commits for long.
    static func forgetGroup(in path: String) {
        var handle: OpaquePointer?
        guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else { return }
        defer { sqlite3_close(handle) }
        sqlite3_exec(handle, "DELETE FROM group_offsets", nil, nil, nil)
    }

    private static func isKnown(_ table: String, _ column: String) -> Bool {
        if table.hasPrefix("records_"), let number = Int(table.dropFirst(8)), number > 0 {
            return recordColumns.contains(column)
        }
        return tables[table]?.contains(column) ?? false
    }

    private static func edit(
        _ handle: OpaquePointer?, _ table: String, _ column: String, _ row: Int64,
        _ value: ByteView
    ) {
        var statement: OpaquePointer?
        let key = table == "settings" ? "topic" : "rowid"
        let sql = "UPDATE OR IGNORE \(table) SET \(column) = ?1 WHERE \(key) = ?2"
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { return }
        defer { sqlite3_finalize(statement) }
        if let number = Int64(value.text) {
            sqlite3_bind_int64(statement, 1, number)
        } else if column == "name" || table == "settings" {
            sqlite3_bind_text(
                statement, 1, value.text, -1, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        } else {
            sqlite3_bind_blob64(statement, 1, value.baseAddress, UInt64(value.count), nil)
        }
        sqlite3_bind_int64(statement, 2, row)
        sqlite3_step(statement)
    }
}
