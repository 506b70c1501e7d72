// The tables of the local log, and how a file is recognised, made or refused.
//
// Each topic-partition has a table of its own, keyed by the offset (SQLite's rowid): appending
// always
// hits the right edge of a B-tree, which keeps pages full, and a range of offsets is a sequential
// read.

/// The format of `log.sqlite`.
enum LocalSchema {
    /// "HFlg": tells our files from other databases (PRAGMA application_id).
    static let applicationID: Int64 = 0x4846_6c67
    /// Counts formats (PRAGMA user_version). A newer one is refused, an older one is migrated.
    static let version: Int64 = 1

    private static let tables = """
        CREATE TABLE topics (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL,
            replication INTEGER NOT NULL) STRICT;
        CREATE TABLE settings (
            topic INTEGER NOT NULL REFERENCES topics (id), name TEXT NOT NULL,
            value TEXT NOT NULL, PRIMARY KEY (topic, name)) STRICT, WITHOUT ROWID;
        -- next: the offset of the next record; time: the append time of the last one, in ms.
        CREATE TABLE partitions (
            id INTEGER PRIMARY KEY, topic INTEGER NOT NULL REFERENCES topics (id),
            partition INTEGER NOT NULL, next INTEGER NOT NULL, time INTEGER NOT NULL,
            UNIQUE (topic, partition)) STRICT;
        -- What the workers have consumed: the next offset to read.
        CREATE TABLE group_offsets (
            partition INTEGER PRIMARY KEY REFERENCES partitions (id),
            next INTEGER NOT NULL) STRICT;
        """

    /// The table of one partition's records; time in ms, headers as LocalHeaders packs them.
    static func recordsTable(_ id: Int64) -> String {
        """
        CREATE TABLE records_\(id) (
            offset INTEGER PRIMARY KEY, time INTEGER NOT NULL, key BLOB, value BLOB,
            headers BLOB) STRICT;
        """
    }

    /// Makes the tables of a new file, or refuses a file that is not ours. Nothing is changed in a
    /// file that is refused.
    static func prepare(_ connection: LocalConnection) throws(LogError) {
        if try recognise(connection) == false {
            try connection.run("PRAGMA page_size = 8192", "create the log")
        }
        try connection.run("PRAGMA journal_mode = WAL", "open the log")
        // FULL: a commit is on the disk when it returns. Here the file is the truth.
        try connection.run(
            """
            PRAGMA synchronous = FULL;
            PRAGMA wal_autocheckpoint = 4000;
            PRAGMA journal_size_limit = 67108864;
            PRAGMA cache_size = -16384;
            PRAGMA mmap_size = 1073741824;
            """, "open the log")
        if try recognise(connection) { return }
        try connection.run("BEGIN IMMEDIATE", "create the log")
        do throws(LogError) {
            // Somebody else may have made the tables while we waited.
            if try recognise(connection) == false {
                try connection.run(tables, "create the log")
                try connection.run(
                    "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)",
                    "create the log")
            }
            try connection.run("COMMIT", "create the log")
        } catch {
            connection.rollBack()
            throw error
        }
    }

    /// True for a log of ours, false for an empty file; anything else is refused.
    private static func recognise(_ connection: LocalConnection) throws(LogError) -> Bool {
        let what = "open the log"
        let application = try connection.number("PRAGMA application_id", what)
        let found = try connection.number("PRAGMA user_version", what)
        if application == applicationID {
            guard found <= version else {
                throw LogError(
                    operation: what, code: "NEWER_FORMAT", reaction: .stopProcess,
                    message: "the local log \(connection.path) has format \(found), which is newer "
                        + "than this program's \(version)",
                    hint: "Use the holdfast that wrote it, or a newer one.")
            }
            return true
        }
        let tables = try connection.number("SELECT count(*) FROM sqlite_master", what)
        guard application == 0, found == 0, tables == 0 else {
            throw LogError(
                operation: what, code: "FOREIGN_FILE", reaction: .stopProcess,
                message: "\(connection.path) is another program's database, not a local log",
                hint: "Name another directory with --log local:DIR; the file was left untouched.")
        }
        return false
    }
}
