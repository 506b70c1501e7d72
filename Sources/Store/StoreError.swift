// An error says what the caller does next. SQLite's codes are mapped once, here; every switch over
// `reaction` is exhaustive.

import CSQLite
import Glibc

/// What went wrong in a task's file, and what to do about it. Whatever the reaction: the connection
/// it happened on is gone (a COMMIT that failed may have happened: facts, SQLite).
package struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the caller does next.
    package enum Reaction: Sendable, Equatable {
        /// The outcome of the last call is unknown: open the file again and read the position from
        /// it.
        case dropConnection
        /// The file is damaged: `TaskStore.startOver` keeps it under another name and begins an
        /// empty one.
        case setAside
        /// The file is somebody else's or newer than we are: a person decides (`--rebuild-state`).
        case refuse
        /// Another connection has the file: nothing happened; open it again after a moment.
        case inUse
        /// The disk is full: stop with the hint; after a restart the position tells what was
        /// written.
        case diskFull
        /// The file or directory cannot be used (permissions, read-only disk): stop with the hint.
        case stopProcess
    }

    /// What was tried, e.g. "commit", "open".
    package let operation: String
    /// SQLite's name and extended number, e.g. "SQLITE_CORRUPT (11)", or ours, e.g. "foreignFile".
    package let code: String
    package let reaction: Reaction
    /// What happened, for a person: names the file.
    package let message: String
    /// The way out, for a person.
    package let hint: String

    package var description: String { "\(operation): \(message) (\(code)). \(hint)" }
}

extension StoreError {
    /// From an answer of SQLite. `systemError` is errno as SQLite saw it.
    static func sqlite(
        _ operation: String, path: String, code: Int32, systemError: Int32, text: String
    ) -> StoreError {
        let reaction = reaction(to: code, systemError: systemError)
        return StoreError(
            operation: operation, code: "SQLite \(code)", reaction: reaction,
            message: "\(path): \(text)", hint: hint(for: reaction))
    }

    /// SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC, which the importer does not see.
    static let failedSync = SQLITE_IOERR | (4 << 8)
    static let failedSyncOfNames = SQLITE_IOERR | (5 << 8)

    /// A sync failed, and the file was given up: see `TaskFile.giveUp`.
    /// - Parameter isGone: its name is free; otherwise a person must remove it.
    static func unsynced(
        _ operation: String, path: String, code: Int32, systemError: Int32, isGone: Bool
    ) -> StoreError {
        let isFull = systemError == ENOSPC || systemError == EDQUOT
        let reaction: Reaction = !isGone ? .stopProcess : isFull ? .diskFull : .dropConnection
        let why = systemError == 0 ? "" : " (\(String(cString: strerror(systemError))))"
        return StoreError(
            operation: operation, code: "SQLite \(code)", reaction: reaction,
            message: "\(path): the disk could not keep what was written\(why)"
                + (isGone ? "; the file was given up" : ", and the file cannot be removed"),
            hint: !isGone
                ? "Remove it before the next start, and look after the disk of --state"
                : isFull
                    ? hint(for: .diskFull)
                    : "It is rebuilt from the log; look after the disk of --state")
    }

    /// The file's sync failed: it is gone (or has to go), and is rebuilt from the log.
    package var isUnsynced: Bool {
        [Self.failedSync, Self.failedSyncOfNames].contains { code == "SQLite \($0)" }
    }

    /// What an extended result code asks for.
    static func reaction(to code: Int32, systemError: Int32) -> Reaction {
        if systemError == ENOSPC || systemError == EDQUOT { return .diskFull }
        // A file that ends in the middle of a page is a torn file, not a weak disk.
        if code == SQLITE_IOERR | (2 << 8) { return .setAside }
        switch code & 0xff {
        case SQLITE_FULL: return .diskFull
        case SQLITE_CORRUPT, SQLITE_NOTADB: return .setAside
        case SQLITE_BUSY, SQLITE_LOCKED: return .inUse
        case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH: return .stopProcess
        default: return .dropConnection
        }
    }

    static func hint(for reaction: Reaction) -> String {
        switch reaction {
        case .dropConnection: "The file is opened again and its position read"
        case .setAside: "The file is set aside and rebuilt from the log"
        case .refuse:
            "Point --state at another directory, or pass --rebuild-state to set the file aside "
                + "and rebuild it from the log"
        case .inUse: "Another process or thread has the file open; it is tried again"
        case .diskFull: "Free space on the disk of --state and start again; nothing is lost"
        case .stopProcess: "Check owner, permissions and mount of the --state directory"
        }
    }

    /// A file that contradicts itself in a way that SQLite does not see.
    static func damaged(_ operation: String, path: String, _ what: String) -> StoreError {
        StoreError(
            operation: operation, code: "damaged", reaction: .setAside,
            message: "\(path): \(what)", hint: hint(for: .setAside))
    }

    /// A call of the system that failed.
    static func system(_ operation: String, path: String, errno code: Int32) -> StoreError {
        let reaction: Reaction = code == ENOSPC || code == EDQUOT ? .diskFull : .stopProcess
        return StoreError(
            operation: operation, code: "errno \(code)", reaction: reaction,
            message: "\(path): \(String(cString: strerror(code)))", hint: hint(for: reaction))
    }
}
