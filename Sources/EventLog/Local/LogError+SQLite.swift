// SQLite's result codes as what the caller does next. The local log is the truth: nothing is ever
// set
// aside or repaired behind a person's back, so whatever is wrong with the file stops the process.

import CSQLite

extension LogError {
    /// Maps a result code; `path` is the file's.
    init(sqlite code: Int32, operation: String, path: String, detail: String) {
        let (name, reaction, what, hint): (String, Reaction, String, String)
        switch code & 0xff {
        case SQLITE_BUSY, SQLITE_LOCKED:
            name = "SQLITE_BUSY"
            reaction = .retry
            what = "another process has been writing for \(LocalConnection.busyMillisecondsMax) ms"
            hint = "It is tried again. If it stays so, look for a program that holds the file open."
        case SQLITE_FULL:
            name = "SQLITE_FULL"
            reaction = .stopProcess
            what = "the disk is full; nothing of this transaction was written"
            hint = "Free space where the log lies, then start again: nothing is lost."
        case SQLITE_CORRUPT:
            name = "SQLITE_CORRUPT"
            reaction = .stopProcess
            what = "the log's file is torn"
            hint =
                "The local log is the only copy: keep the file, restore it from a backup, or read "
                + "what is left of it with: sqlite3 \(path) .recover"
        case SQLITE_NOTADB:
            name = "SQLITE_NOTADB"
            reaction = .stopProcess
            what = "the file is no SQLite database, so it is no log of ours, or its head is torn"
            hint = "Name another directory with --log local:DIR, or restore it from a backup."
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
            name = "SQLITE_CANTOPEN"
            reaction = .stopProcess
            what = "the file cannot be opened"
            hint = "Check that the directory of --log local:DIR exists and is this user's to write."
        case SQLITE_READONLY:
            name = "SQLITE_READONLY"
            reaction = .stopProcess
            what = "the file may not be written"
            hint = "Check that the directory of --log local:DIR and its files are this user's."
        case SQLITE_IOERR:
            name = "SQLITE_IOERR"
            reaction = .stopProcess
            what = "the disk did not answer as it should"
            hint = "Look at the system's log (dmesg), then start again: the log is read from disk."
        default:
            name = "SQLITE_\(code)"
            reaction = .stopProcess
            what = "SQLite refused"
            hint = "Start again; if it stays so, report this message."
        }
        self.init(
            operation: operation, code: name, reaction: reaction,
            message: "local log \(path): \(what) (\(detail))", hint: hint)
    }

    /// The same error, told of a commit that may have happened: a COMMIT that fails on an I/O
    /// error may
    /// stand in the file nevertheless (66 of 200 injected failures did), so nobody may guess.
    var ofCommit: LogError {
        guard reaction == .stopProcess, code == "SQLITE_IOERR" else { return self }
        return LogError(
            operation: operation, code: code, reaction: .outcomeUnknown, message: message,
            hint: "The commit may or may not have happened: the log is opened anew and asked.")
    }

    /// A file that contradicts itself in a way that SQLite does not see.
    static func torn(_ path: String, _ operation: String, _ detail: String) -> LogError {
        LogError(sqlite: SQLITE_CORRUPT, operation: operation, path: path, detail: detail)
    }

    static func missing(topic name: String, operation: String, path: String) -> LogError {
        LogError(
            operation: operation, code: "UNKNOWN_TOPIC_OR_PARTITION", reaction: .stopProcess,
            message: "the topic \(name) does not exist in the local log \(path)",
            hint: "Create the topics of the contract with: holdfast topics apply")
    }
}
