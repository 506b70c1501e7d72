// What is fuzzed: every place where bytes that others wrote are read. One entry each, used alike by
// the mutator (`make fuzz`), by libFuzzer and by the tests that replay the corpus.

package import EventModel

/// A place where outside bytes come in.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// A record of an input topic: CloudEvents in both modes, contract, upcast, fingerprints.
    case records
    /// Headers of binary CloudEvents alone, byte by byte.
    case headers
    /// Records decided, their effects encoded, their rows written, read back and compared.
    case decisions
    /// A schema and an instance: parsed, compiled, checked.
    case schemas
    /// holdfast.yaml with environment and flags; topic files.
    case settings
    /// policy.yaml, and the policy at work.
    case policies
    /// What a worker reads of its own from the log: head, rows, batch records, signals.
    case ownRecords
    /// A task's file with bytes changed: opened, read, written.
    case stateFiles
    /// A task's file whose sums are right and whose content is not ours.
    case stateRows
    /// A local log's file with bytes changed: opened, read, written.
    case logFiles
    /// A local log whose pages are right and whose rows are not ours.
    case logRows
    /// `holdfast verify` over a log whose records were changed.
    case verify
    /// A worker that starts on a log in which others wrote.
    case restarts
    /// Proves that a run notices what it must: the words crash, slow, hang and large in an input
    /// are taken at their word. Never part of a run over all.
    case canary

    /// What a run over all runs.
    package static let product = allCases.filter { $0 != .canary }

    /// A fresh reader of this target's bytes. Used by one thread; keeps what a worker would keep
    /// from one record to the next.
    package func makeEntry() throws -> any FuzzEntry {
        switch self {
        case .records: try RecordEntry()
        case .headers: try HeaderEntry()
        case .decisions: try DecisionEntry()
        case .schemas: SchemaEntry()
        case .settings: SettingsEntry()
        case .policies: try PolicyEntry()
        case .ownRecords: OwnRecordEntry()
        case .stateFiles: try StateFileEntry()
        case .stateRows: StateRowEntry()
        case .logFiles: try LogFileEntry()
        case .logRows: try LogRowEntry()
        case .verify: try VerifyEntry()
        case .restarts: try RestartEntry()
        case .canary: CanaryEntry()
        }
    }

    /// Largest input that the mutator makes, in bytes.
    package var inputBytesMax: Int {
        switch self {
        case .records, .headers, .schemas, .settings, .policies: 16_384
        case .decisions, .ownRecords, .verify, .restarts: 8_192
        case .stateFiles, .stateRows, .logFiles, .logRows, .canary: 1_024
        }
    }

    /// This target's part of a run over all, in ten-thousandths: files cost a hundred times as much as
    /// records.
    package var share: Int {
        switch self {
        case .records: 3000
        case .headers: 3500
        case .decisions: 500
        case .schemas: 800
        case .settings: 500
        case .policies: 120
        case .ownRecords: 1500
        case .stateFiles: 25
        case .stateRows: 25
        case .logFiles: 15
        case .logRows: 10
        case .verify: 4
        case .restarts: 1
        case .canary: 1
        }
    }
}

/// Reads one input. Whatever the bytes are, it returns: what it must not survive traps.
package protocol FuzzEntry: AnyObject {
    func run(_ input: ByteView)
}
