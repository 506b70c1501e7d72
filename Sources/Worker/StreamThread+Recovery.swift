// Tasks that come: recovered beside the thread or in place (RecoveryLane), started by the thread.

import EventLog
import EventModel
import Store

extension StreamThread {
    /// Makes the place where tasks are recovered. Once, when the log is open.
    func openRecoveries() {
        let own = log.makeRecoveryLog()
        recoveries = RecoveryLane(
            TaskRecoverer(
                log: own ?? StreamRecoveryLog(log), settings: settings, environment: environment,
                layout: layout, registry: registry),
            hasThread: own != nil)
    }

    /// The partition is ours: its task is recovered, and its delivery started when it is back.
    /// - Parameter isDelivered: its inputs are delivered already and only go back to the head.
    func acquire(_ partition: Partition, isDelivered: Bool) throws(WorkerError) {
        guard partition.rawValue < layout.count(of: .state) else {
            throw WorkerError(
                kind: .contradiction,
                message:
                    "\(Topic.lead.name) has a partition \(partition.rawValue), at start it had "
                    + "\(layout.count(of: .state))",
                hint: "The partition count is fixed for a deployment's life: recreate the topic "
                    + "with \(layout.count(of: .state)) partitions, or start a new deployment.")
        }
        precondition(tasks[Int(partition.rawValue)] == nil, "a task is acquired once")
        precondition(awaited[partition] == nil, "a task is awaited once")
        awaited[partition] = AwaitedTask(isDelivered: isDelivered)
        beginRecovery(of: partition)
    }

    /// Takes what is back, and tries again for what could not be recovered yet.
    func acquireAwaited() throws(WorkerError) {
        // What nobody wants any more still has something to tell.
        guard !awaited.isEmpty || recoveriesUnderWay > 0 else { return }
        var found = recoveries.finished()[...]
        recoveriesUnderWay -= found.count
        // One that cannot be taken ends the thread; those behind it are not forgotten.
        defer { for outcome in found { outcome.drop() } }
        while let outcome = found.popFirst() {
            for signal in outcome.signals { notify(signal) }
            try take(outcome)
        }
        let monotonic = environment.monotonicMicroseconds()
        for (partition, task) in awaited.sorted(by: { $0.key < $1.key })
        where task.ticket == nil
            && monotonic - (task.triedAt ?? .min / 2) >= AwaitedTask.intervalMicroseconds
        {
            beginRecovery(of: partition)
        }
    }

    /// Nothing is recovered any more; what is back and was not taken is closed by whoever finds it.
    func giveUpRecoveries() {
        for task in awaited.values { task.ticket?.giveUp() }
        awaited.removeAll()
    }

    private func beginRecovery(of partition: Partition) {
        guard !isDraining, !isUnresolved(partition) else { return }
        let ticket = RecoveryTicket(partition)
        awaited[partition]!.ticket = ticket
        recoveriesUnderWay += 1
        recoveries.begin(ticket)
    }

    /// The log has not told yet what became of a batch of this task, or cannot.
    private func isUnresolved(_ partition: Partition) -> Bool {
        switch turn.stage {
        case .none: false
        case .underWay, .refused: turn.tasks.contains { $0.partition == partition }
        case .broken: true
        }
    }

    /// Starts what is back. What passes by itself (a predecessor's transaction is still open, its
    /// file is not let go, it commits while we read) is waited for, with polls in between.
    private func take(_ outcome: RecoveryOutcome) throws(WorkerError) {
        let partition = outcome.ticket.partition
        guard let task = awaited[partition], task.ticket === outcome.ticket else {
            return outcome.drop()
        }
        awaited[partition]!.ticket = nil
        switch outcome.result {
        case .success(let restored):
            try start(restored, isDelivered: task.isDelivered, began: outcome.began)
            awaited[partition] = nil
        case .failure(let error):
            let since = task.since ?? outcome.began
            guard error.isPassing, !isOver(sessions: 6, since: since) else { throw error }
            awaited[partition]!.since = since
            awaited[partition]!.triedAt = environment.monotonicMicroseconds()
            notify(
                .logRetry(
                    error.logError
                        ?? LogError(
                            operation: "recover task \(partition.rawValue)", code: "IN_USE",
                            reaction: .retry, message: error.message, hint: error.hint)))
        }
    }

    private func start(
        _ restored: RecoveryOutcome.Restored, isDelivered: Bool, began: Int64
    ) throws(WorkerError) {
        let task = restored.task
        let partition = task.partition
        do {
            if isDelivered {
                try log.rewind(partition, to: task.startPositions)
            } else {
                try log.start(partition, at: task.startPositions)
            }
        } catch {
            task.store.close()
            throw WorkerError(error)
        }
        task.become(.running)
        tasks[Int(partition.rawValue)] = task
        notify(
            .taskRestored(
                partition, rows: restored.rows, changelogRecords: restored.changelogRecords,
                dedupeIDs: task.core.windows.count,
                milliseconds: (environment.monotonicMicroseconds() - began) / 1000))
    }
}

/// A partition that is ours and whose task is not back yet.
struct AwaitedTask {
    /// How long between two tries.
    static let intervalMicroseconds: Int64 = 100_000

    let isDelivered: Bool
    /// The try under way.
    var ticket: RecoveryTicket?
    /// When the first try that failed began, and when the last one had failed (monotonic).
    var since: Int64?
    var triedAt: Int64?

    init(isDelivered: Bool) { self.isDelivered = isDelivered }
}
