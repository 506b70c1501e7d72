// Polling, and what comes and goes with it: tasks.

import EventLog
import EventModel
import Store

extension StreamThread {
    /// Polls once and hands records and events to their tasks.
    func poll(timeoutMilliseconds: Int32, recordsMax: Int = 4096) throws(WorkerError) {
        var failure: WorkerError?
        records.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        do {
            try log.poll(
                records: &records, events: &events, max: recordsMax,
                timeoutMilliseconds: timeoutMilliseconds)
        } catch {
            switch error.reaction {
            case .retry, .decideAnew, .outcomeUnknown: notify(.logRetry(error))
            case .surrenderPartitions:
                surrender(error)
                failure = WorkerError(error)
            case .stopProcess: failure = WorkerError(error)
            }
        }
        for record in records {
            if let task = tasks[Int(record.partition.rawValue)], task.life == .running {
                task.core.enqueue(record)
            } else {
                log.release(record)
            }
        }
        if let failure { throw failure }
        for event in events { try serve(event) }
    }

    private func serve(_ event: LogEvent) throws(WorkerError) {
        switch event {
        case .reachedEnd(let input, let offset):
            // A task that takes no records must not be told that it has reached their end.
            guard let task = tasks[Int(input.partition.rawValue)], task.life == .running
            else { return }
            task.core.reachedEnd(input.topic, offset)
        case .assigned(let partitions):
            guard !isDraining else { return }
            for partition in partitions {
                notify(.taskAssigned(partition))
                try acquire(partition, isDelivered: false)
            }
            try renewToken()
        case .revoked(let partitions):
            try commitBeforeGivingUp(partitions)
            try give(up: partitions, as: { .taskRevoked($0) })
        case .lost(let partitions):
            try give(up: partitions, as: { .taskLost($0) })
        }
    }

    /// Recovers a task and starts its delivery, now or as soon as what is in the way has passed.
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
        awaited[partition] = AwaitedTask(
            isDelivered: isDelivered, since: environment.monotonicMicroseconds())
        try bring(partition)
    }

    /// Tries again for the tasks that could not be recovered yet.
    func acquireAwaited() throws(WorkerError) {
        guard !awaited.isEmpty else { return }
        let monotonic = environment.monotonicMicroseconds()
        for (partition, task) in awaited.sorted(by: { $0.key < $1.key })
        where monotonic - (task.triedAt ?? .min / 2) >= AwaitedTask.intervalMicroseconds {
            try bring(partition)
        }
    }

    /// Recovers an awaited task. What passes by itself (a predecessor's transaction is still open,
    /// its file is not let go, it commits while we read) is waited for, with polls in between.
    private func bring(_ partition: Partition) throws(WorkerError) {
        guard let task = awaited[partition], !isUnresolved(partition) else { return }
        do {
            try start(partition, isDelivered: task.isDelivered)
            awaited[partition] = nil
        } catch {
            guard error.isPassing, !isOver(sessions: 6, since: task.since) else { throw error }
            awaited[partition]?.triedAt = environment.monotonicMicroseconds()
            notify(
                .logRetry(
                    error.logError
                        ?? LogError(
                            operation: "recover task \(partition.rawValue)", code: "IN_USE",
                            reaction: .retry, message: error.message, hint: error.hint)))
        }
    }

    /// The log has not told yet what became of a batch of this task, or cannot.
    private func isUnresolved(_ partition: Partition) -> Bool {
        switch turn.stage {
        case .none: false
        case .underWay, .refused: turn.tasks.contains { $0.partition == partition }
        case .broken: true
        }
    }

    private func start(_ partition: Partition, isDelivered: Bool) throws(WorkerError) {
        let began = environment.monotonicMicroseconds()
        let recovery = TaskRecovery(
            log: log, settings: settings, environment: environment, layout: layout,
            registry: registry, notify: notify)
        let recovered = try recovery.recover(partition)
        let rows = recovered.rows
        let read = recovered.changelogRecords
        let task = StreamTask(
            partition: partition, settings: settings, environment: environment, layout: layout,
            recovered: recovered)
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
                partition, rows: rows, changelogRecords: read, dedupeIDs: task.core.windows.count,
                milliseconds: (environment.monotonicMicroseconds() - began) / 1000))
    }

    /// Partitions are taken away, and still ours until that is answered: what is decided of them is
    /// committed, if that does not take long. What is not, the next owner decides again.
    private func commitBeforeGivingUp(_ partitions: [Partition]) throws(WorkerError) {
        let began = environment.monotonicMicroseconds()
        let leaving = partitions.compactMap { tasks[Int($0.rawValue)] }
        // The generation has moved on with this very rebalance: once more, with a token of now.
        var isSentAgain = false
        while leaving.contains(where: { $0.hasOpenBatch || $0.closed != nil }) {
            let spent = (environment.monotonicMicroseconds() - began) / 1000
            let left = settings.limits.sessionMilliseconds / 2 - spent
            guard left > 0 else { return }
            switch turn.stage {
            case .none:
                try renewToken()
                try beginCommit()
            case .underWay: try serveCommit(waiting: Int32(left))
            case .refused:
                guard !isSentAgain else { return }
                isSentAgain = true
                try sendAgain()
            case .broken: return
            }
        }
    }

    private func give(up partitions: [Partition], as signal: (Partition) -> WorkerSignal)
        throws(WorkerError)
    {
        for partition in partitions {
            awaited[partition] = nil
            if let task = tasks[Int(partition.rawValue)] { discard(task) }
            notify(signal(partition))
        }
        do { try log.finishRevocation(partitions) } catch {
            switch error.reaction {
            case .retry, .decideAnew, .outcomeUnknown, .surrenderPartitions:
                notify(.logRetry(error))
            case .stopProcess: throw WorkerError(error)
            }
        }
        try renewToken()
    }

    /// The tasks that stay were ours all along: their open batches go on under the membership
    /// that holds after the callback was served. Nothing of them has been sent yet.
    private func renewToken() throws(WorkerError) {
        token = nil
        turn.endPause(now: environment.monotonicMicroseconds())
        if tasks.contains(where: { $0?.hasOpenBatch == true }) { try takeToken() }
    }

    /// Lets a task go: its batch is dropped, its records are given back, its file is closed.
    func discard(_ task: StreamTask) {
        for index in task.core.queues.indices { task.core.queues[index].drain { log.release($0) } }
        for record in task.core.finished { log.release(record) }
        task.core.finished.removeAll()
        task.dropBatches()
        // What the log has, the file may have; if it does not take it, it is rolled forward later.
        try? task.storeCommitted(now: environment.now())
        task.store.close()
        task.become(.released)
        tasks[Int(task.partition.rawValue)] = nil
        notify(.taskReleased(task.partition))
    }

    /// We have been replaced: everything is dropped without a commit. The caller stops the process:
    /// a log gives the same tasks again only to one that joins anew.
    func surrender(_ error: LogError) {
        notify(.partitionsSurrendered(error))
        for task in tasks.compactMap({ $0 }) { discard(task) }
        awaited.removeAll()
        token = nil
        urgentSince = nil
    }
}

/// A partition that is ours and whose task could not be recovered yet.
struct AwaitedTask {
    /// How long between two tries.
    static let intervalMicroseconds: Int64 = 100_000

    let isDelivered: Bool
    /// Since when we wait, and the last try that failed (monotonic).
    let since: Int64
    var triedAt: Int64?

    init(isDelivered: Bool, since: Int64) {
        self.isDelivered = isDelivered
        self.since = since
    }
}
