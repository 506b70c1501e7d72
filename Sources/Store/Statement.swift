// A prepared statement: one owner, never outlives its connection's handle (the connection finalizes
// what is left when it is dropped, and a statement asks before every use).

import CSQLite
import EventModel

/// A statement, compiled before its first use. Parameters count from 1, columns from 0, as in
/// SQLite.
struct Statement: ~Copyable {
    /// What SQLite made of it.
    private final class Compiled {
        var pointer: OpaquePointer?
        init(_ pointer: OpaquePointer?) { self.pointer = pointer }
    }
    private let compiled: Compiled
    private let connection: StoreConnection
    private let sql: String

    /// - Parameter pointer: what was compiled; nil: it is, when it is used.
    init(_ pointer: OpaquePointer?, of connection: StoreConnection, sql: String) {
        compiled = Compiled(pointer)
        self.connection = connection
        self.sql = sql
    }

    deinit {
        if !connection.isDropped { sqlite3_finalize(compiled.pointer) }
    }

    private func pointer() throws(StoreError) -> OpaquePointer {
        if let pointer = compiled.pointer { return pointer }
        let pointer = try connection.compile(sql)
        compiled.pointer = pointer
        return pointer
    }

    func bind(_ index: Int32, _ value: Int64?) throws(StoreError) {
        let pointer = try pointer()
        try check {
            value.map { sqlite3_bind_int64(pointer, index, $0) }
                ?? sqlite3_bind_null(pointer, index)
        }
    }

    /// The bytes must stay until the statement has run.
    func bind(_ index: Int32, _ bytes: ByteView) throws(StoreError) {
        let pointer = try pointer()
        try check {
            // A null pointer would bind NULL, which an empty value is not.
            bytes.count == 0
                ? sqlite3_bind_zeroblob(pointer, index, 0)
                : sqlite3_bind_blob64(
                    pointer, index, bytes.baseAddress, UInt64(bytes.count), nil)
        }
    }

    /// Text, copied by SQLite.
    func bind(_ index: Int32, text: String) throws(StoreError) {
        let pointer = try pointer()
        try check {
            sqlite3_bind_text(
                pointer, index, text, -1, unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        }
    }

    /// True when there is a row to read.
    func step() throws(StoreError) -> Bool {
        guard !connection.isDropped else { throw connection.droppedBefore(sql) }
        let code = sqlite3_step(try pointer())
        switch code {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw connection.fail(sql, code)
        }
    }

    /// Runs a statement without rows and makes it ready for the next run.
    func run() throws(StoreError) {
        _ = try step()
        try reset()
    }

    /// Makes the statement ready for the next run.
    func reset() throws(StoreError) {
        let pointer = try pointer()
        try check { sqlite3_reset(pointer) }
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(compiled.pointer, column) }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(compiled.pointer, column) == SQLITE_NULL
    }

    /// Valid until the next step or reset.
    func bytes(_ column: Int32) -> ByteView {
        let start = sqlite3_column_blob(compiled.pointer, column)
        return ByteView(start: start, count: Int(sqlite3_column_bytes(compiled.pointer, column)))
    }

    func text(_ column: Int32) -> String { bytes(column).text }

    private func check(_ call: () -> Int32) throws(StoreError) {
        guard !connection.isDropped else { throw connection.droppedBefore(sql) }
        let code = call()
        guard code == SQLITE_OK else { throw connection.fail(sql, code) }
    }
}
