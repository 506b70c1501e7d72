// Opening a task's file: judge what lies there before anything of it is used.
//
//   nothing, or an empty file ------------------------> fresh
//   ours, whole -------------------------------------> opened
//   torn, not SQLite, its parts contradict each other -> set aside, fresh
//   another deployment, task, count; newer; foreign ---> refused, or set aside with `rebuild`

extension TaskStore {
    /// Opens the file of a task, making directory (0700) and file (0600) where they are missing.
    /// - Parameter rebuild: a foreign or newer file is set aside instead of refused
    /// (`--rebuild-state`).
    package static func open(
        directory: String, identity: TaskIdentity, rebuild: Bool = false,
        files: any StoreFiles = SystemFiles()
    ) throws(StoreError) -> TaskStore {
        let file = TaskFile(directory: directory, partition: identity.partition, files: files)
        guard try file.prepare() else { return try begin(file, identity, report: .fresh) }
        switch try judge(file, identity) {
        case .empty: return try begin(file, identity, report: .fresh)
        case .usable(let connection, let found):
            do throws(StoreError) {
                let closing = try closing(connection, found)
                if closing?.isBuilding != true {
                    return try resume(connection, identity, found, closing)
                }
            } catch {
                // Before its files get other names: SQLite may delete a WAL by its name when the
                // connection is closed, which would be that of the new file.
                connection.drop()
                guard meansDamage(error) else { throw error }
                return try replace(file, identity, why: error.message)
            }
            connection.drop()
            try file.remove()
            _ = try file.prepare()
            return try begin(file, identity, report: .fresh)
        case .damaged(let why): return try replace(file, identity, why: why)
        case .refused(let code, let why):
            guard rebuild else {
                throw StoreError(
                    operation: "open", code: code, reaction: .refuse,
                    message: "\(file.path): \(why)", hint: StoreError.hint(for: .refuse))
            }
            return try replace(file, identity, why: why)
        }
    }

    /// Sets the file aside whatever it holds and begins an empty one: the answer to the reaction
    /// `setAside`. The store it happened on must have been let go.
    package static func startOver(
        directory: String, identity: TaskIdentity, why: String,
        files: any StoreFiles = SystemFiles()
    ) throws(StoreError) -> TaskStore {
        let file = TaskFile(directory: directory, partition: identity.partition, files: files)
        guard try file.prepare() else { return try begin(file, identity, report: .fresh) }
        return try replace(file, identity, why: why)
    }

    private enum Verdict {
        case empty
        case usable(StoreConnection, Schema.Found)
        case damaged(String)
        case refused(code: String, why: String)
    }

    private static func judge(_ file: TaskFile, _ identity: TaskIdentity) throws(StoreError)
        -> Verdict
    {
        // A WAL without its file: SQLite would delete it without a word.
        let size = file.size
        let hasWAL = file.sizeOfWAL > 0
        if size == 0 { return .damaged("the file is empty, its WAL is not") }
        // SQLite takes a file shorter than a page for an empty one, and a last page cut short for
        // none. With a WAL that may be a checkpoint that was killed, which the WAL repairs.
        if size < 512 || (!hasWAL && size % 4096 != 0) {
            return .damaged("its size, \(size) bytes, is no number of pages")
        }
        do throws(StoreError) {
            let connection = try file.connect()
            let verdict = try examine(connection, identity)
            if case .usable = verdict { return verdict }
            connection.drop()
            return verdict
        } catch {
            guard meansDamage(error) else { throw error }
            return .damaged(error.message)
        }
    }

    /// Whether an error of an opening is told by the file itself, not by the disk or another owner.
    private static func meansDamage(_ error: StoreError) -> Bool {
        switch error.reaction {
        case .setAside: true
        // The system lets us write to the file (`prepare` did), yet SQLite will only read it: its
        // header is damaged. A file that cannot be opened is another matter: too many are open, a
        // disk that does not answer. It may be whole.
        case .stopProcess: error.code == "SQLite 8"
        // "SQL logic error" while reading a schema is how some damage to it is told.
        case .dropConnection: error.code == "SQLite 1"
        case .refuse, .inUse, .diskFull: false
        }
    }

    private static func examine(_ connection: StoreConnection, _ identity: TaskIdentity)
        throws(StoreError) -> Verdict
    {
        let schema = try Schema.read(connection)
        let application = try connection.integer("PRAGMA application_id") ?? 0
        let version = try connection.integer("PRAGMA user_version") ?? 0
        // Killed between making the file and its first transaction.
        if schema.objects == 0, application == 0, version == 0 { return .empty }
        let hasIdentity = schema.tables.contains("identity")
        guard let found = hasIdentity ? try TaskIdentity.read(from: connection) : nil else {
            if application != Schema.applicationID {
                return .refused(
                    code: "foreignFile", why: "the file is no task file of Holdfast")
            }
            if version > Schema.version { return newer(version) }
            return .damaged("it does not say whose it is")
        }
        if found.identity != identity {
            return .refused(
                code: "foreignTask",
                why: "the file belongs to \(found.identity), wanted is \(identity)")
        }
        // Either number says so: a newer worker's file is not a torn one.
        if max(found.format, version) > Schema.version { return newer(max(found.format, version)) }
        guard application == Schema.applicationID, version == found.format, version >= 1 else {
            return .damaged("its header contradicts its identity")
        }
        return .usable(connection, schema)
    }

    private static func newer(_ version: Int64) -> Verdict {
        .refused(
            code: "newerFile",
            why: "the file has format \(version), this program knows up to \(Schema.version)")
    }

    /// Begins the tables in an empty file.
    private static func begin(_ file: TaskFile, _ identity: TaskIdentity, report: OpenReport)
        throws(StoreError) -> TaskStore
    {
        let connection = try file.connect()
        try makeDurable(connection)
        try Schema.migrate(connection, from: 0, identity: identity)
        return try TaskStore(connection, identity: identity, report: report)
    }

    private static func replace(_ file: TaskFile, _ identity: TaskIdentity, why: String)
        throws(StoreError) -> TaskStore
    {
        let kept = try file.setAside()
        _ = try file.prepare()
        return try begin(file, identity, report: .setAside(path: kept, why: why))
    }

    /// Takes up a file that says it is ours.
    private static func resume(
        _ connection: StoreConnection, _ identity: TaskIdentity, _ found: Schema.Found,
        _ closing: Closing?
    ) throws(StoreError) -> TaskStore {
        let version = try connection.integer("PRAGMA user_version") ?? 0
        var text = found.text
        if version < Schema.version {
            try Schema.migrate(connection, from: version, identity: identity)
            text = try Schema.dump(connection)
        }
        guard try text == expectedDump.get() else {
            throw .damaged("open", path: connection.path, "its tables are not the ones we made")
        }
        if closing != .inOrder { try checkEveryPage(connection) }
        try makeDurable(connection)
        try connection.execute("INSERT OR REPLACE INTO closing VALUES(0, 0)")
        return try TaskStore(connection, identity: identity, report: .opened)
    }

    /// How the file was left; nil when it does not say so, which asks for a check.
    private static func closing(
        _ connection: StoreConnection, _ found: Schema.Found
    ) throws(StoreError) -> Closing? {
        guard found.tables.contains("closing") else { return nil }
        return try connection.integer("SELECT clean FROM closing WHERE id = 0")
            .flatMap { Closing(rawValue: $0) }
    }

    /// WAL with synchronous=NORMAL: a power cut may lose the last batches, never mix them; Kafka
    /// has them.
    private static func makeDurable(_ connection: StoreConnection) throws(StoreError) {
        try setJournal("wal", of: connection)
        try connection.execute("PRAGMA synchronous=NORMAL")
        try connection.execute("PRAGMA journal_size_limit=67108864")
    }

    private static func checkEveryPage(_ connection: StoreConnection) throws(StoreError) {
        let check = try connection.prepare("PRAGMA quick_check(1)")
        guard try check.step(), check.text(0) == "ok" else {
            throw .damaged("open", path: connection.path, "quick_check: \(check.text(0))")
        }
    }

    /// The dump of a file made by the migrations, from a database in memory: made once, it is the
    /// same for every file of this build.
    private static let expectedDump = Result { () throws(StoreError) -> String in
        let connection = try StoreConnection(path: ":memory:")
        for sql in Schema.migrations.joined() { try connection.execute(sql) }
        return try Schema.dump(connection)
    }
}
