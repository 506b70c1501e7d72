// What a stream thread and the thread that recovers for it know of one recovery.

import EventLog
import EventModel
import Store
import Synchronization

/// One try to bring one task back. Compared by identity: a partition that goes and comes back has
/// another ticket.
final class RecoveryTicket: Sendable {
    let partition: Partition
    private let mark = Atomic<Bool>(false)

    init(_ partition: Partition) { self.partition = partition }

    /// Nobody wants it any more. Called by the stream thread, seen by the other one between two
    /// waits.
    func giveUp() { mark.store(true, ordering: .releasing) }

    var isGivenUp: Bool { mark.load(ordering: .acquiring) }

    /// Throws when nobody wants it any more.
    func check() throws(WorkerError) {
        if isGivenUp { throw notOurs }
    }

    /// The end of a try that nobody wants any more; never told to anybody.
    var notOurs: WorkerError {
        WorkerError(
            kind: .setup, message: "task \(partition.rawValue) is not ours any more",
            hint: "This is a defect of Holdfast: nobody should read it.")
    }
}

/// What became of a ticket, with the task when it is back.
struct RecoveryOutcome {
    /// A task that is back, and what it took.
    struct Restored {
        let task: StreamTask
        let rows: Int
        let changelogRecords: Int
    }

    let ticket: RecoveryTicket
    /// When the try began (monotonic, microseconds).
    let began: Int64
    /// What an operator should learn of it, in order; told by the stream thread.
    let signals: [WorkerSignal]
    let result: Result<Restored, WorkerError>

    /// The same, when the task has been closed: its signals are still to be told.
    var withoutTask: RecoveryOutcome {
        RecoveryOutcome(
            ticket: ticket, began: began, signals: signals, result: .failure(ticket.notOurs))
    }

    /// Closes the file of a task that nobody wants any more.
    func drop() {
        if case .success(let restored) = result { restored.task.store.close() }
    }
}
