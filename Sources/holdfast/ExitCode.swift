// Exit codes are sysexits' (sysexits.h), so that a script can tell "you wrote it wrongly" from "the
// broker is away". docs/operations.md has the same table; a test compares them.

package import EventLog

/// What the process answers with.
package enum ExitCode: Int32, CaseIterable, Sendable {
    case success = 0
    case usage = 64
    case data = 65
    case noInput = 66
    case unavailable = 69
    case software = 70
    case cannotCreate = 73
    case inputOutput = 74
    case temporary = 75
    case noPermission = 77
    case configuration = 78
    case closedPipe = 141

    /// One line for docs and the manual page.
    package var meaning: String {
        switch self {
        case .success: "done"
        case .usage: "the command line is wrong"
        case .data: "the input is wrong; nothing was found under that id; verify found differences"
        case .noInput: "a file cannot be read"
        case .unavailable: "the log cannot be reached"
        case .software: "a fault in Holdfast; please report it"
        case .cannotCreate: "a file or directory cannot be made"
        case .inputOutput: "reading or writing failed, e.g. a full disk"
        case .temporary: "try again: somebody else holds it, or it is not ready yet"
        case .noPermission: "permission denied, by the system or by the broker"
        case .configuration: "settings, policy or topics are wrong"
        case .closedPipe: "the reader of our output went away (as 'head' does)"
        }
    }

    /// What an error of the log means for the caller of the command. Codes are Kafka's and
    /// SQLite's.
    package init(of error: LogError) {
        let code = error.code.uppercased()
        func mentions(_ words: String...) -> Bool { words.contains { code.contains($0) } }
        if mentions("AUTHORIZATION", "AUTHENTICATION", "SQLITE_PERM", "SQLITE_AUTH", "EACCES") {
            self = .noPermission
        } else if mentions("ENOENT") {
            self = .noInput
        } else if mentions("SQLITE_CANTOPEN", "SQLITE_READONLY", "ERRNO", "EEXIST") {
            self = .cannotCreate
        } else if mentions(
            "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CORRUPT", "SQLITE_NOTADB", "ENOSPC")
        {
            self = .inputOutput
        } else if mentions("SQLITE_BUSY", "SQLITE_LOCKED", "LOCK") {
            self = .temporary
        } else if mentions("MSG_SIZE_TOO_LARGE") {
            self = .data
        } else if mentions(
            "UNKNOWN_TOPIC", "INVALID_CONFIG", "INVALIDCONFIG", "INVALID_ARG", "POLICY", "PROPERTY",
            "PARTITION_COUNTS_DIFFER", "FOREIGN_FILE", "NEWER_FORMAT")
        {
            self = .configuration
        } else {
            self = .unavailable
        }
    }
}
