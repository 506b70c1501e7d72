// Polling, and what comes and goes with it: tasks.

import EventLog
import EventModel
import Store

extension StreamThread {
    /// Polls once and hands records and events to their tasks.
    func poll(timeoutMilliseconds: Int32) throws(WorkerError) {
        records.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        do {
            try log.poll(
                records: &records, events: &events, max: 4096,
                timeoutMilliseconds: timeoutMilliseconds)
        } catch {
            switch error.reaction {
            case .retry, .decideAnew, .outcomeUnknown: notify(.logRetry(error))
            case .surrenderPartitions: surrender(error)
            case .stopProcess: throw WorkerError(error)
            }
        }
        for record in records {
            if let task = tasks[Int(record.partition.rawValue)], task.life == .running {
                task.core.enqueue(record)
            } else {
                log.release(record)
            }
        }
        for event in events { try serve(event) }
    }

    private func serve(_ event: LogEvent) throws(WorkerError) {
        switch event {
        case .reachedEnd(let input, let offset):
            tasks[Int(input.partition.rawValue)]?.core.reachedEnd(input.topic, offset)
        case .assigned(let partitions):
            for partition in partitions { try acquire(partition) }
            try renewToken()
        case .revoked(let partitions):
            try give(up: partitions, as: { .taskRevoked($0) })
        case .lost(let partitions):
            try give(up: partitions, as: { .taskLost($0) })
        }
    }

    /// Recovers a task and starts its delivery.
    func acquire(_ partition: Partition) throws(WorkerError) {
        notify(.taskAssigned(partition))
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
            try log.start(partition, at: task.startPositions)
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

    private func give(up partitions: [Partition], as signal: (Partition) -> WorkerSignal)
        throws(WorkerError)
    {
        for partition in partitions {
            if let task = tasks[Int(partition.rawValue)] { discard(task) }
            notify(signal(partition))
        }
        do { try log.finishRevocation(partitions) } catch {
            switch error.reaction {
            case .retry, .decideAnew, .outcomeUnknown, .surrenderPartitions: notify(.logRetry(error))
            case .stopProcess: throw WorkerError(error)
            }
        }
        try renewToken()
    }

    /// The tasks that stay were ours all along: their open batches go on under the membership
    /// that holds after the callback was served. Nothing of them has been sent yet.
    private func renewToken() throws(WorkerError) {
        token = nil
        if tasks.contains(where: { $0?.hasOpenBatch == true }) { try takeToken() }
    }

    /// Lets a task go: its batch is dropped, its records are given back, its file is closed.
    func discard(_ task: StreamTask) {
        for index in task.core.queues.indices { task.core.queues[index].drain { log.release($0) } }
        for record in task.core.finished { log.release(record) }
        task.core.finished.removeAll()
        task.dropBatch()
        task.store.close()
        task.become(.released)
        tasks[Int(task.partition.rawValue)] = nil
        notify(.taskReleased(task.partition))
    }

    /// We have been replaced: everything is dropped without a commit. The log rejoins by polling.
    func surrender(_ error: LogError) {
        notify(.partitionsSurrendered(error))
        for task in tasks.compactMap({ $0 }) { discard(task) }
        token = nil
        urgentSince = nil
    }
}
