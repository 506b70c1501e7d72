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
            awaited.removeValue(forKey: partition)?.ticket?.giveUp()
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
        var failure: StoreError?
        do throws(StoreError) { try task.storeCommitted(now: environment.now()) } catch {
            failure = error
        }
        if let error = failure ?? task.store.close(), error.isUnsynced {
            notify(.stateFileRebuilt(task.partition, why: error.message))
        }
        task.become(.released)
        tasks[Int(task.partition.rawValue)] = nil
        notify(.taskReleased(task.partition))
    }

    /// We have been replaced: everything is dropped without a commit. The caller ends this thread:
    /// a log gives the same tasks again only to one that joins anew (`Supervisor`).
    func surrender(_ error: LogError) {
        notify(.partitionsSurrendered(error))
        for task in tasks.compactMap({ $0 }) { discard(task) }
        giveUpRecoveries()
        token = nil
    }
}
