// What an operator should learn is a named signal, and one function says it. No free log strings in
// the flow: the list here is the list in docs/operations.md.

package import EventLog
package import EventModel

/// Something an operator should know of. The shell decides how it is shown.
package enum WorkerSignal: Sendable {
    case threadStarted(thread: Int, log: String)
    case taskAssigned(Partition)
    case taskRestored(
        Partition, rows: Int, changelogRecords: Int, dedupeIDs: Int, milliseconds: Int64)
    case taskRevoked(Partition)
    case taskLost(Partition)
    case taskReleased(Partition)
    case batchCommitted(
        tasks: Int, records: Int, outbound: Int, refused: Int, milliseconds: Int64)
    case recordRefused(TopicPartition, Offset, reason: String, detail: String)
    case recordsLost(TopicPartition, from: Offset, to: Offset)
    case dedupeWindowIncomplete(TopicPartition, from: Instant, oldest: Instant?)
    case stateFileSetAside(Partition, path: String, why: String)
    case stateFileRebuilt(Partition, why: String)
    case clockImplausible(Partition, sentAt: Instant, appendTime: Instant, reportedAt: Instant)
    case commitRepeated(LogError)
    case commitOutcomeUnknown(LogError)
    case partitionsSurrendered(LogError)
    case logRetry(LogError)
    case storeReopened(Partition, why: String)
    case joinedAgain(thread: Int)
    case draining
    case stopped(thread: Int)
    case failed(thread: Int, why: String)
    /// A line of the log's client library, with syslog's level.
    case clientLine(level: Int32, text: String)

    /// The name, as documented.
    package var name: String {
        switch self {
        case .threadStarted: "threadStarted"
        case .taskAssigned: "taskAssigned"
        case .taskRestored: "taskRestored"
        case .taskRevoked: "taskRevoked"
        case .taskLost: "taskLost"
        case .taskReleased: "taskReleased"
        case .batchCommitted: "batchCommitted"
        case .recordRefused: "recordRefused"
        case .recordsLost: "recordsLost"
        case .dedupeWindowIncomplete: "dedupeWindowIncomplete"
        case .stateFileSetAside: "stateFileSetAside"
        case .stateFileRebuilt: "stateFileRebuilt"
        case .clockImplausible: "clockImplausible"
        case .commitRepeated: "commitRepeated"
        case .commitOutcomeUnknown: "commitOutcomeUnknown"
        case .partitionsSurrendered: "partitionsSurrendered"
        case .logRetry: "logRetry"
        case .storeReopened: "storeReopened"
        case .joinedAgain: "joinedAgain"
        case .draining: "draining"
        case .stopped: "stopped"
        case .failed: "failed"
        case .clientLine: "clientLine"
        }
    }
}

/// Why a worker stops, for a person: names the thing, the cause and the way out.
package struct WorkerError: Error, Sendable, CustomStringConvertible {
    /// What kind of exit it is.
    package enum Kind: Sendable, Equatable { case log, store, contradiction, newerVersion, setup }
    package let kind: Kind
    package let message: String
    package let hint: String
    /// The log's error behind it, when there is one.
    package let logError: LogError?
    /// A state file is damaged: it can be set aside and read back from the log.
    package let isDamagedFile: Bool
    /// Nothing happened, and the same may be tried again after a moment.
    package let isPassing: Bool

    package init(
        kind: Kind, message: String, hint: String, logError: LogError? = nil,
        isDamagedFile: Bool = false, isPassing: Bool = false
    ) {
        self.isDamagedFile = isDamagedFile
        self.isPassing = isPassing
        self.kind = kind
        self.message = message
        self.hint = hint
        self.logError = logError
    }

    package init(_ error: LogError) {
        self.init(
            kind: .log, message: "\(error.operation): \(error.message) (\(error.code))",
            hint: error.hint, logError: error, isPassing: error.reaction == .retry)
    }

    package var description: String { "\(message). \(hint)" }
}
