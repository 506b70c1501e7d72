// Recovers tasks one at a time for one stream thread, on whatever thread that is done.

import Contracts
import EventLog
import EventModel

/// Makes tasks of tickets. Used by the one thread that recovers; what it makes is nobody else's
/// until it has been put down.
final class TaskRecoverer {
    let log: any RecoveryLog
    let settings: WorkerSettings
    let environment: Environment
    let layout: TopicLayout
    let registry: ContractRegistry

    init(
        log: any RecoveryLog, settings: WorkerSettings, environment: Environment,
        layout: TopicLayout, registry: ContractRegistry
    ) {
        self.log = log
        self.settings = settings
        self.environment = environment
        self.layout = layout
        self.registry = registry
    }

    /// One try, to its end. A task that was given up meanwhile leaves no file open.
    func recover(_ ticket: RecoveryTicket) -> RecoveryOutcome {
        let began = environment.monotonicMicroseconds()
        let signals = SignalList()
        let result: Result<RecoveryOutcome.Restored, WorkerError>
        do throws(WorkerError) {
            result = .success(try restore(ticket, notify: { signals.told.append($0) }))
        } catch {
            result = .failure(error)
        }
        return RecoveryOutcome(ticket: ticket, began: began, signals: signals.told, result: result)
    }

    private func restore(
        _ ticket: RecoveryTicket, notify: @escaping (WorkerSignal) -> Void
    ) throws(WorkerError) -> RecoveryOutcome.Restored {
        let recovery = TaskRecovery(
            log: log, ticket: ticket, settings: settings, environment: environment,
            layout: layout, registry: registry, notify: notify)
        let recovered = try recovery.recover(ticket.partition)
        let rows = recovered.rows
        let read = recovered.changelogRecords
        let task = StreamTask(
            partition: ticket.partition, settings: settings, environment: environment,
            layout: layout, recovered: recovered)
        return .init(task: task, rows: rows, changelogRecords: read)
    }
}

/// Signals of one recovery, in order.
private final class SignalList { var told: [WorkerSignal] = [] }

/// For a log that is recovered from on its stream's own thread: everything goes through the stream.
final class StreamRecoveryLog<Log: StreamLog>: RecoveryLog {
    private let log: Log
    init(_ log: Log) { self.log = log }

    func warm() {}
    func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset] {
        try log.groupOffsets(of: partition)
    }
    func takeReader() throws(LogError) -> any LogReader { try log.makeReader() }
    func giveBack(_ reader: any LogReader, isSpent: Bool) { reader.close() }
    func rest() {}
    func close() {}
}
