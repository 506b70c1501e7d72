// A prepared statement: bound, stepped and reset, thousands of times a second, without an
// allocation.

import CSQLite
import EventModel

/// A statement of one connection. Columns are valid until the next step or reset.
final class LocalStatement {
    private let handle: OpaquePointer
    private let connection: LocalConnection

    init(_ handle: OpaquePointer, of connection: LocalConnection) {
        self.handle = handle
        self.connection = connection
    }

    deinit { sqlite3_finalize(handle) }

    func bind(_ index: Int32, _ value: Int64) { sqlite3_bind_int64(handle, index, value) }

    /// Binds bytes that stay where they are until `reset`.
    func bind(_ index: Int32, _ value: ByteView?) {
        guard let value else {
            sqlite3_bind_null(handle, index)
            return
        }
        // A pointer that is null would bind a null, not an empty value.
        if value.isEmpty {
            sqlite3_bind_zeroblob(handle, index, 0)
        } else {
            sqlite3_bind_blob64(handle, index, value.baseAddress, UInt64(value.count), nil)
        }
    }

    func bind(_ index: Int32, _ value: String) {
        let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        sqlite3_bind_text(handle, index, value, -1, copies)
    }

    /// True when there is a row.
    func step(_ operation: String) throws(LogError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        sqlite3_reset(handle)
        try connection.check(code, operation)
        return false
    }

    /// Steps a statement that answers nothing, and makes it ready for the next time.
    func run(_ operation: String) throws(LogError) {
        _ = try step(operation)
        sqlite3_reset(handle)
    }

    func reset() { sqlite3_reset(handle) }

    func number(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func text(_ column: Int32) -> String {
        sqlite3_column_text(handle, column).map { String(cString: $0) } ?? ""
    }

    /// Nil for a null; an empty value is an empty view.
    func bytes(_ column: Int32) -> ByteView? {
        if sqlite3_column_type(handle, column) == SQLITE_NULL { return nil }
        let start = sqlite3_column_blob(handle, column)
        return ByteView(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }
}
