// The commit protocol (docs/design.md, docs/decisions/0004). One transaction carries at most one
// batch of each task that has something to do, and the offsets of every input of those tasks:
// fencing happens through offsets alone.
//
//   1. open batches are closed: their changelog, head and batch record are added; all of them, or
//      those that cannot wait alone, so that they need not wait for the others' requests
//      (docs/decisions/0007);
//   2. the log commits records and offsets, or nothing; meanwhile the thread polls and decides
//      on top of what it closed;
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
    /// Closes open batches and sends them in one transaction.
    func beginCommit(_ scope: CommitScope = .everything) throws(WorkerError) {
        precondition(turn.isOver, "one transaction is under way at a time")
        turn.tasks = tasks.compactMap { $0 }.filter {
            switch scope {
            case .everything: $0.hasOpenBatch
            case .whatIsDue: $0.isDue
            }
        }
        turn.began = environment.monotonicMicroseconds()
        turn.attempts = 0
        for task in turn.tasks { task.close() }
        try send()
    }

    /// Sends the closed batches of the tasks that are still ours.
    private func send() throws(WorkerError) {
        turn.tasks.removeAll { $0.closed == nil }
        guard !turn.tasks.isEmpty else {
            turn.stage = .none
            return
        }
        if token == nil { try takeToken() }
        request.reset()
        for task in turn.tasks { task.appendClosed(to: &request.transaction) }
        request.offsets = turn.tasks.flatMap(\.fencingOffsets)
        request.token = token
        // What is decided from now on has a token of its own; after a refusal what is decided
        // already shares the one of now.
        if !tasks.contains(where: { $0?.hasOpenBatch == true }) { token = nil }
        // Not in the group, or taken in again without having heard yet what is still ours. (A
        // broker takes offsets without a generation as those of a client outside of any group, and
        // fences nothing.)
        guard request.token!.generation >= 0 else { return try failed(.notInGroup) }
        log.beginCommit(request)
        turn.stage = .underWay
    }

    /// Goes on with the transaction: its outcome, its repetition, the end of its producers.
    /// - Parameter waiting: how long to wait for an outcome, in milliseconds.
    func serveCommit(waiting: Int32 = 0) throws(WorkerError) {
        switch turn.stage {
        case .none: break
        case .underWay:
            do throws(LogError) {
                guard let receipt = try log.commitOutcome(timeoutMilliseconds: waiting) else {
                    return
                }
                finish(receipt)
            } catch {
                try failed(error)
            }
        case .refused(let until):
            guard environment.monotonicMicroseconds() >= until else { return }
            try sendAgain()
        case .broken(let until):
            guard environment.monotonicMicroseconds() >= until else { return }
            try reopenProducers()
        }
    }

    /// After a refusal: everything goes on under the membership that the events told last.
    func sendAgain() throws(WorkerError) {
        token = nil
        try takeToken()
        try send()
    }

    private func failed(_ error: LogError) throws(WorkerError) {
        turn.stage = .none
        switch error.reaction {
        case .retry, .decideAnew:
            turn.attempts += 1
            // 1. The session expires; 2. a commit is refused, in some milliseconds; 3. the
            // heartbeat that would tell us comes up to a second later. So time counts here, not
            // only the number of refusals.
            guard turn.attempts < 20 || !isOver(sessions: 2, since: turn.began) else {
                throw WorkerError(error)
            }
            notify(.commitRepeated(error))
            let now = environment.monotonicMicroseconds()
            turn.stage = .refused(until: now + turn.pause)
        case .outcomeUnknown:
            turn.fencedInARow = error.isFencing ? turn.fencedInARow + 1 : 0
            guard turn.fencedInARow < CommitTurn.fencedInARowMax else {
                throw WorkerError(.namesake(error))
            }
            notify(.commitOutcomeUnknown(error))
            let unknown = turn.tasks.filter { $0.closed != nil }
            turn.tasks = []
            turn.began = environment.monotonicMicroseconds()
            turn.stage = .broken(until: turn.began)
            for task in unknown { try recover(task, why: "the outcome of a commit is unknown") }
            try reopenProducers()
        case .surrenderPartitions:
            surrender(error)
            throw WorkerError(error)
        case .stopProcess:
            throw WorkerError(error)
        }
    }

    /// Makes new producers; while the brokers do not answer, again and again for some sessions,
    /// with polls in between.
    private func reopenProducers() throws(WorkerError) {
        do {
            try log.reopenProducers()
            turn.stage = .none
        } catch {
            switch error.reaction {
            case .retry, .outcomeUnknown, .decideAnew:
                guard !isOver(sessions: 6, since: turn.began) else { throw WorkerError(error) }
                notify(.logRetry(error))
                let now = environment.monotonicMicroseconds()
                turn.stage = .broken(until: now + CommitTurn.reopenMicroseconds)
            case .surrenderPartitions, .stopProcess: throw WorkerError(error)
            }
        }
    }

    /// Whether so many sessions' time has gone by.
    func isOver(sessions: Int64, since began: Int64) -> Bool {
        environment.monotonicMicroseconds() - began
            >= sessions * settings.limits.sessionMilliseconds * 1000
    }

    /// Drops what a task has in memory and brings it back from the log, in place.
    private func recover(_ task: StreamTask, why: String) throws(WorkerError) {
        let partition = task.partition
        notify(.storeReopened(partition, why: why))
        discard(task)
        try acquire(partition, isDelivered: true)
    }

    private func finish(_ receipt: CommitReceipt) {
        turn.stage = .none
        turn.fencedInARow = 0
        // Of a task that was taken away meanwhile the log tells its next owner.
        let committed = turn.tasks.filter { $0.closed != nil }
        turn.tasks = []
        let monotonic = environment.monotonicMicroseconds()
        var counts = BatchCounts()
        for task in committed {
            let batch = task.closed!.counts
            note(batch)
            counts.accepted += batch.records
            counts.outbound += batch.outbound
            counts.refused += batch.refused
            task.committed(receipt, monotonic: monotonic)
        }
        for report in receipt.clockReports {
            if tasks[Int(report.partition.rawValue)]?.note(report) == true {
                notify(
                    .clockImplausible(
                        report.partition, sentAt: report.sentAt, appendTime: report.appendTime,
                        reportedAt: report.reportedAt))
            }
        }
        commits += 1
        notify(
            .batchCommitted(
                tasks: committed.count, records: Int(counts.accepted),
                outbound: Int(counts.outbound), refused: Int(counts.refused),
                milliseconds: (monotonic - turn.began) / 1000))
    }

    /// The stores follow the log: at once when there is nothing else to do, else the batches of a
    /// second together, and one task a turn, so that a hold waits for one file at most.
    func storeCommitted() throws(WorkerError) {
        let unstored = tasks.compactMap { $0 }.filter(\.hasUnstored)
        guard !unstored.isEmpty else { return }
        if turn.isOver, records.isEmpty, !tasks.contains(where: { $0?.hasOpenBatch == true }) {
            for task in unstored { try store(task) }
            return
        }
        let due =
            environment.monotonicMicroseconds() - settings.limits.storeDelayMilliseconds * 1000
        let full = unstored.first { $0.unstoredBytes >= settings.limits.unstoredBytesMax }
        let oldest = unstored.min { $0.unstoredSince! < $1.unstoredSince! }!
        if let task = full ?? (oldest.unstoredSince! <= due ? oldest : nil) { try store(task) }
    }

    /// What was committed goes to the task's file.
    private func store(_ task: StreamTask) throws(WorkerError) {
        do {
            try task.storeCommitted(now: environment.now())
        } catch {
            let failure = WorkerError(error, partition: task.partition)
            switch error.reaction {
            // The log has the batch: the file is read back, or set aside and made anew.
            case .dropConnection, .setAside: try recover(task, why: failure.message)
            case .refuse, .inUse, .diskFull, .stopProcess: throw failure
            }
        }
    }
}

extension LogError {
    /// The group has not taken us in (yet, or again), or has not told us yet as what.
    fileprivate static let notInGroup = LogError(
        operation: "commit", code: "NO_GENERATION", reaction: .decideAnew,
        message: "this thread is no member of its group at the moment",
        hint: "It joins again; the batch is decided again if its partition is still ours.")

    /// Two processes that fence each other in turn would never get anything done.
    fileprivate static func namesake(_ last: LogError) -> LogError {
        LogError(
            operation: last.operation, code: last.code, reaction: .stopProcess,
            message: "\(CommitTurn.fencedInARowMax) commits in a row were fenced: another process "
                + "works under this one's name (\(last.message))",
            hint: "A state directory carries the name: give each process one of its own, not a "
                + "copy, or its own --instance.")
    }
}
