// The tables of a task's file and how they came to be: one entry per version, never changed once
// released. SchemaGolden.swift among the tests keeps the dump of each.

/// The schema of a task's file.
package enum Schema {
    /// "HfTS" in the file's header: says that the file is ours.
    static let applicationID: Int64 = 0x4866_5453
    /// The newest version this code reads and writes.
    package static let version = Int64(migrations.count)

    /// What leads from version n to n + 1, by index.
    static let migrations: [[String]] = [
        [
            // Whose file this is. The format stands here too, so that a damaged header cannot pass
            // for a newer version.
            """
            CREATE TABLE identity(
              id INTEGER PRIMARY KEY CHECK(id = 0), deployment TEXT NOT NULL,
              partition INTEGER NOT NULL, partitionCount INTEGER NOT NULL,
              format INTEGER NOT NULL, sum INTEGER NOT NULL)
            """,
            // What the rows and sightings belong to, written with them.
            """
            CREATE TABLE meta(
              id INTEGER PRIMARY KEY CHECK(id = 0), head BLOB, changelogNext INTEGER,
              savedAt INTEGER, sightingNext INTEGER NOT NULL, sum INTEGER NOT NULL)
            """,
            // Whether the last connection was closed in order; else the next opening checks every
            // page.
            """
            CREATE TABLE closing(id INTEGER PRIMARY KEY CHECK(id = 0), clean INTEGER NOT NULL)
            """,
            """
            CREATE TABLE row(key BLOB PRIMARY KEY, value BLOB NOT NULL, sum INTEGER NOT NULL)
              WITHOUT ROWID
            """,
            // Append-only within a bucket; a bucket that left the window goes as one range.
            """
            CREATE TABLE sighting(
              topic INTEGER NOT NULL, bucket INTEGER NOT NULL, seq INTEGER NOT NULL,
              block BLOB NOT NULL, PRIMARY KEY(topic, bucket, seq)) WITHOUT ROWID
            """,
        ]
    ]

    /// Brings the file to the newest version, in one transaction.
    static func migrate(
        _ connection: StoreConnection, from current: Int64, identity: TaskIdentity
    ) throws(StoreError) {
        try connection.transaction { () throws(StoreError) in
            for statements in migrations[Int(current)...] {
                for sql in statements { try connection.execute(sql) }
            }
            try connection.execute("PRAGMA application_id=\(applicationID)")
            try connection.execute("PRAGMA user_version=\(version)")
            try identity.write(to: connection)
            if current == 0 {
                try connection.execute("INSERT INTO closing VALUES(0, 0)")
                try TaskMeta().write(to: connection)
            }
        }
    }

    /// Every object of the file with its SQL, sorted: for the golden dump and to find a damaged
    /// schema.
    static func dump(_ connection: StoreConnection) throws(StoreError) -> String {
        try read(connection).text
    }

    /// What a file says of its own tables.
    static func read(_ connection: StoreConnection) throws(StoreError) -> Found {
        let statement = try connection.prepare(
            "SELECT type, name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name")
        var found = Found()
        while try statement.step() {
            let (type, name) = (statement.text(0), statement.text(1))
            found.objects += 1
            if type == "table" { found.tables.append(name) }
            if found.objects > 1 { found.text += "\n" }
            found.text += "\(type) \(name): \(statement.text(2))"
        }
        found.text += "\n"
        return found
    }

    /// The objects of a file, read once.
    struct Found {
        var objects = 0
        var tables: [String] = []
        /// A line each.
        var text = ""
    }
}
