// The commit protocol (docs/design.md). One transaction carries at most one batch of each task that
// has something to do, and the offsets of every input of those tasks: fencing happens through
// offsets alone.
//
//   1. all open batches are closed: their changelog, head and batch record are added;
//   2. the log commits records and offsets, or nothing;
//   3. each task's rows go to its store; a crash between 2 and 3 is rolled forward from
//      the changelog.
//
// A commit that was refused for its generation has written nothing: we poll, which serves the
// rebalance, and send the same batches again for the tasks that are still ours, with the membership
// that holds then. Their content cannot differ: deciding is a function of records, `now` and
// `timersTo`, and these are fixed. An unknown outcome is decided by the head in the log: the task
// is recovered.

import EventLog
import EventModel
import Store

extension StreamThread {
    /// Commits all open batches in one transaction.
    func commit() throws(WorkerError) {
        let began = environment.monotonicMicroseconds()
        let closing = tasks.compactMap { $0 }.filter(\.hasOpenBatch)
        for task in closing { task.close() }
        var attempt = 0
        while true {
            let ours = closing.filter { $0.closed != nil }
            guard !ours.isEmpty else { break }
            request.reset()
            for task in ours { task.appendClosed(to: &request.transaction) }
            request.offsets = ours.flatMap(\.fencingOffsets)
            if token == nil { try takeToken() }
            do {
                // A broker takes offsets without a generation as those of a client outside of any
                // group, and fences nothing.
                guard token!.generation >= 0 else { throw LogError.notInGroup }
                request.token = token
                log.beginCommit(request)
                var told: CommitReceipt?
                while told == nil { told = try log.commitOutcome(timeoutMilliseconds: 1_000) }
                guard let receipt = told else { break }
                try finish(ours, receipt: receipt, began: began)
                break
            } catch let error as LogError {
                attempt += 1
                try react(to: error, attempt: attempt, began: began)
            } catch let error as WorkerError {
                throw error
            } catch {
                preconditionFailure("unexpected error: \(error)")
            }
        }
        token = nil
        urgentSince = nil
    }

    private func react(to error: LogError, attempt: Int, began: Int64) throws(WorkerError) {
        switch error.reaction {
        case .retry, .decideAnew:
            // 1. The session expires; 2. a commit is refused, in some milliseconds; 3. the
            // heartbeat that would tell us comes up to a second later. So time counts here, not
            // only the number of refusals.
            guard attempt < 100 || !isOver(sessions: 2, since: began) else {
                throw WorkerError(error)
            }
            notify(.commitRepeated(error))
            // Serves a rebalance that is due; of the records that come meanwhile, few are queued.
            try poll(timeoutMilliseconds: 10, recordsMax: 16)
            token = nil
        case .outcomeUnknown:
            notify(.commitOutcomeUnknown(error))
            try reopenProducers(since: began)
            try recoverAll()
        case .surrenderPartitions:
            surrender(error)
            throw WorkerError(error)
        case .stopProcess:
            throw WorkerError(error)
        }
    }

    /// Makes new producers; while the brokers do not answer, again and again for some sessions.
    private func reopenProducers(since began: Int64) throws(WorkerError) {
        while true {
            do {
                return try log.reopenProducers()
            } catch {
                switch error.reaction {
                case .retry, .outcomeUnknown, .decideAnew:
                    guard !isOver(sessions: 6, since: began) else { throw WorkerError(error) }
                    notify(.logRetry(error))
                    try poll(timeoutMilliseconds: 100, recordsMax: 16)
                case .surrenderPartitions, .stopProcess: throw WorkerError(error)
                }
            }
        }
    }

    /// Whether so many sessions' time has gone by.
    func isOver(sessions: Int64, since began: Int64) -> Bool {
        environment.monotonicMicroseconds() - began
            >= sessions * settings.limits.sessionMilliseconds * 1000
    }

    /// The outcome of the last commit is decided by what the log says: every task with a batch is
    /// recovered.
    private func recoverAll() throws(WorkerError) {
        for task in tasks.compactMap({ $0 }) where task.closed != nil {
            try recover(task, why: "the outcome of a commit is unknown")
        }
    }

    /// Drops what a task has in memory and brings it back from the log, in place.
    private func recover(_ task: StreamTask, why: String) throws(WorkerError) {
        let partition = task.partition
        notify(.storeReopened(partition, why: why))
        discard(task)
        try acquire(partition, isDelivered: true)
    }

    private func finish(_ committed: [StreamTask], receipt: CommitReceipt, began: Int64)
        throws(WorkerError)
    {
        var counts = BatchCounts()
        for task in committed {
            let batch = task.closed!.counts
            note(batch)
            counts.accepted += batch.records
            counts.outbound += batch.outbound
            counts.refused += batch.refused
        }
        for report in receipt.clockReports {
            if tasks[Int(report.partition.rawValue)]?.clockGuard.note(report) == true {
                notify(
                    .clockImplausible(
                        report.partition, sentAt: report.sentAt, appendTime: report.appendTime,
                        reportedAt: report.reportedAt))
            }
        }
        commits += 1
        for task in committed {
            do {
                try task.committed(receipt, now: environment.now())
            } catch {
                let failure = WorkerError(error, partition: task.partition)
                switch error.reaction {
                // The log has the batch: the file is read back, or set aside and made anew.
                case .dropConnection, .setAside: try recover(task, why: failure.message)
                case .refuse, .inUse, .diskFull, .stopProcess: throw failure
                }
            }
        }
        notify(
            .batchCommitted(
                tasks: committed.count, records: Int(counts.accepted),
                outbound: Int(counts.outbound), refused: Int(counts.refused),
                milliseconds: (environment.monotonicMicroseconds() - began) / 1000))
    }
}

extension LogError {
    /// The group has not taken us in (yet, or again).
    fileprivate static let notInGroup = LogError(
        operation: "commit", code: "NO_GENERATION", reaction: .decideAnew,
        message: "this thread is no member of its group at the moment",
        hint: "It joins again; the batch is decided again if its partition is still ours.")
}
