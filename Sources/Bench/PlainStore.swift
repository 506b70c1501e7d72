// Plain SQLite, as thin as it can be: what dedupe and restore are measured against. The same rows,
// the same journal mode, one prepared statement; no sums, no sorting, no state in memory.

import CSQLite
import Glibc

enum PlainStore {
    /// Rows in the order of the changelog into a table keyed as a task's is.
    static func rows(_ arguments: BenchArguments) -> [(String, Double)] {
        let count = arguments.integer("rows")
        let chunk = 250_000
        let database = open(arguments.text("file"))
        run(database, "CREATE TABLE row(key BLOB PRIMARY KEY, value BLOB) WITHOUT ROWID")
        let insert = prepare(database, "INSERT OR REPLACE INTO row VALUES(?, ?)")
        var source = RowSource(seed: 3)
        var cpu = 0.0
        var wall = 0.0
        for first in stride(from: 0, to: count, by: chunk) {
            // Made ahead: what a row costs to make is not SQLite's.
            var rows: [(key: [UInt8], value: [UInt8])] = []
            for _ in 0..<min(chunk, count - first) {
                source.next()
                rows.append((source.key, source.value))
            }
            let start = Meter()
            run(database, "BEGIN")
            for row in rows {
                sqlite3_bind_blob64(insert, 1, row.key, UInt64(row.key.count), nil)
                sqlite3_bind_blob64(insert, 2, row.value, UInt64(row.value.count), nil)
                step(insert)
            }
            run(database, "COMMIT")
            let end = Meter()
            cpu += end.threadCPU - start.threadCPU
            wall += end.wall - start.wall
        }
        sqlite3_finalize(insert)
        sqlite3_close(database)
        return [
            ("recordsPerSecond", Double(count) / wall),
            ("threadCPUMicrosecondsPerRecord", cpu * 1e6 / Double(count)),
        ]
    }

    /// Ids, appended: 24 bytes each and a bucket, 20,000 in a transaction. Knows nothing again.
    static func ids(_ arguments: BenchArguments) -> [(String, Double)] {
        let count = arguments.integer("ids")
        let database = open(arguments.text("file"))
        run(database, "CREATE TABLE id(bucket INTEGER, low INTEGER, high INTEGER, content INTEGER)")
        let insert = prepare(database, "INSERT INTO id VALUES(?, ?, ?, ?)")
        var dice = Dice(seed: 5)
        let start = Meter()
        for number in 0..<count {
            if number % 20_000 == 0 { run(database, "BEGIN") }
            sqlite3_bind_int64(insert, 1, 490_998)
            for column in Int32(2)...4 {
                sqlite3_bind_int64(insert, column, Int64(bitPattern: dice.roll()))
            }
            step(insert)
            if number % 20_000 == 19_999 { run(database, "COMMIT") }
        }
        if count % 20_000 != 0 { run(database, "COMMIT") }
        let end = Meter()
        sqlite3_finalize(insert)
        sqlite3_close(database)
        return [("nanosecondsPerID", (end.threadCPU - start.threadCPU) * 1e9 / Double(count))]
    }

    private static func open(_ path: String) -> OpaquePointer? {
        var database: OpaquePointer?
        guard sqlite3_open(path, &database) == SQLITE_OK else { Main.stop("no file at \(path)") }
        run(database, "PRAGMA locking_mode=EXCLUSIVE")
        run(database, "PRAGMA journal_mode=WAL")
        run(database, "PRAGMA synchronous=NORMAL")
        run(database, "PRAGMA cache_size=-8192")
        return database
    }

    private static func run(_ database: OpaquePointer?, _ sql: String) {
        guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
            Main.stop("\(sql): \(String(cString: sqlite3_errmsg(database)))")
        }
    }

    private static func prepare(_ database: OpaquePointer?, _ sql: String) -> OpaquePointer? {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK else {
            Main.stop("\(sql): \(String(cString: sqlite3_errmsg(database)))")
        }
        return statement
    }

    private static func step(_ statement: OpaquePointer?) {
        guard sqlite3_step(statement) == SQLITE_DONE, sqlite3_reset(statement) == SQLITE_OK else {
            Main.stop("plain SQLite refuses a row")
        }
    }
}
