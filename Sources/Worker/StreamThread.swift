// A stream thread: one consumer, two producers used in turn, some tasks. A plain thread running a
// synchronous loop (docs/design.md, Threads, not tasks); `step` is one turn of it, so that a
// simulator can drive it as well.

package import Contracts
package import EventLog
package import EventModel
import Synchronization

/// How urgently the worker is to end. Shared between the shell and its threads.
package final class StopFlag: Sendable {
    private let value = Atomic<Int>(0)
    package init() {}
    /// Commit what is decided, then leave.
    package func request() { value.store(1, ordering: .releasing) }
    package var isRequested: Bool { value.load(ordering: .acquiring) != 0 }
}

/// One stream thread over one log.
package final class StreamThread<Log: StreamLog> {
    let log: Log
    let settings: WorkerSettings
    let environment: Environment
    let notify: (WorkerSignal) -> Void
    let index: Int
    let registry: ContractRegistry
    let stop: StopFlag

    var layout: TopicLayout!
    var desk: Intake!
    /// Tasks by partition number; nil where not ours.
    var tasks: [StreamTask?] = []
    var records: ContiguousArray<LogRecord> = []
    var events: [LogEvent] = []
    /// Membership when the oldest open batch began.
    var token: GroupToken?
    /// The transaction that is not yet done with.
    var turn = CommitTurn()
    let request = CommitRequest()
    /// Nothing new is taken on.
    var isDraining = false
    /// Partitions that are ours and whose tasks are not back yet.
    var awaited: [Partition: AwaitedTask] = [:]
    /// Where tasks are recovered, and how many tickets are there.
    var recoveries: RecoveryLane!
    var recoveriesUnderWay = 0
    /// Totals, for summaries and tests.
    package private(set) var totals = BatchCounts()
    package internal(set) var commits = 0

    package init(
        log: Log, settings: WorkerSettings, environment: Environment, index: Int, stop: StopFlag,
        registry: ContractRegistry, notify: @escaping (WorkerSignal) -> Void
    ) {
        self.log = log
        self.settings = settings
        self.environment = environment
        self.index = index
        self.stop = stop
        self.registry = registry
        self.notify = notify
    }

    /// Joins the group. Once, before the first step.
    package func open() throws(WorkerError) {
        do { try log.open() } catch { throw WorkerError(error) }
        let log = log
        layout = TopicLayout { log.partitionCount(of: $0) }
        let uneven = Topic.copartitioned.filter { layout.count(of: $0) != log.partitionCount }
        guard uneven.isEmpty else {
            throw WorkerError(
                kind: .setup,
                message: "partition counts differ: \(uneven.map(\.name).joined(separator: ", ")) "
                    + "do not have \(log.partitionCount) partitions",
                hint: "These six must have the same count: `holdfast topics check` shows them.")
        }
        desk = Intake(
            registry: registry, limits: settings.limits, partitionCount: log.partitionCount)
        tasks = Array(repeating: nil, count: Int(log.partitionCount))
        openRecoveries()
        notify(.threadStarted(thread: index, log: String(describing: Log.self)))
    }

    /// Runs until stopped; leaves in order.
    package func run() throws(WorkerError) {
        while !stop.isRequested {
            try step()
            if settings.stopsWhenIdle, try isIdle() { break }
        }
        try drain()
    }

    /// Everything that is in the log now has been decided and committed, and nothing is due. Asks
    /// the log for its ends.
    package func isIdle() throws(WorkerError) -> Bool {
        let own = tasks.compactMap { $0 }
        let now = environment.now()
        guard !own.isEmpty, awaited.isEmpty, turn.isOver else { return false }
        for task in own {
            guard task.core.isCaughtUp, !task.hasOpenBatch, !task.hasUnstored else { return false }
            // An end beyond the last record (control records) may have been told after the commit.
            task.core.settleAtEnds()
            if let due = task.nextDue, due <= now { return false }
            for queue in task.core.queues {
                let end: Offset
                do {
                    end = try log.stableEnd(of: TopicPartition(queue.topic, task.partition))
                } catch {
                    throw WorkerError(error)
                }
                if queue.position < end { return false }
            }
        }
        return true
    }

    /// One turn: poll, decide, look after timers, commit when it is time.
    package func step() throws(WorkerError) {
        if turn.isUnderWay, hasEnoughInHand {
            try serveCommit(waiting: 100)
        } else {
            try poll(timeoutMilliseconds: pollTimeout)
            try serveCommit()
        }
        try acquireAwaited()
        let monotonic = environment.monotonicMicroseconds()
        for task in tasks.lazy.compactMap({ $0 }) where task.life == .running {
            try decide(task, monotonic: monotonic)
        }
        try balanceInputs()
        try serveTimers(monotonic: monotonic)
        if let scope = dueCommit(monotonic: environment.monotonicMicroseconds()) {
            try beginCommit(scope)
            try serveCommit()
        }
        // After the next commit has begun: it is under way while we write.
        try storeCommitted()
    }

    /// More records wait to be decided than shall be held while a commit is under way.
    private var hasEnoughInHand: Bool {
        let held = held
        return held.records >= settings.limits.inHandRecordsMax
            || held.bytes >= settings.limits.inHandBytesMax
    }

    /// SIGTERM: what is decided is committed, then everything is let go.
    package func drain() throws(WorkerError) {
        notify(.draining)
        for task in tasks.lazy.compactMap({ $0 }) where task.life == .running {
            task.become(.draining)
        }
        isDraining = true
        giveUpRecoveries()
        let began = environment.monotonicMicroseconds()
        while tasks.contains(where: { $0?.hasOpenBatch == true || $0?.closed != nil }) {
            // What is not committed by then, the next owner decides again.
            guard
                environment.monotonicMicroseconds() - began
                    < settings.limits.drainMillisecondsMax * 1000
            else { break }
            if turn.isOver { try beginCommit() }
            try serveCommit()
            if !turn.isOver { try poll(timeoutMilliseconds: 10, recordsMax: 16) }
        }
        abandon()
        notify(.stopped(thread: index))
    }

    /// Lets everything go without a commit: after a failure, and at the end of a drain. A log that
    /// is closed while records of it are held may wait for them for ever.
    package func abandon() {
        for task in tasks.compactMap({ $0 }) { discard(task) }
        giveUpRecoveries()
        recoveries?.end(millisecondsMax: settings.limits.recoveryEndMillisecondsMax)
        log.close()
    }

    func decide(_ task: StreamTask, monotonic: Int64) throws(WorkerError) {
        let hadBatch = task.hasOpenBatch
        if !hadBatch, task.core.hasRecords, token == nil { try takeToken() }
        defer {
            for record in task.core.finished { log.release(record) }
            task.core.finished.removeAll(keepingCapacity: true)
        }
        try task.core.decideAvailable(desk: desk, monotonic: monotonic, notify: notify) {
            task.openBatch(monotonic: monotonic)
        }
    }

    func takeToken() throws(WorkerError) {
        do { token = try log.groupToken() } catch { throw WorkerError(error) }
    }

    /// How long the next poll may wait for a record.
    private var pollTimeout: Int32 {
        let monotonic = environment.monotonicMicroseconds()
        var wait: Int64 = 100_000
        if !awaited.isEmpty { wait = recoveries.hasMore ? 0 : 10_000 }
        // A commit that ends makes the poll return.
        if !turn.isOver, !turn.isUnderWay { wait = CommitTurn.pauseMicroseconds }
        for task in tasks.lazy.compactMap({ $0 }) {
            if task.isDue, turn.isOver { return 0 }
            if task.core.waitingSince != nil { wait = min(wait, 1_000) }
            if let opened = task.openedAt, turn.isOver {
                wait = min(
                    wait, opened + settings.limits.commitIntervalMilliseconds * 1000 - monotonic)
            }
        }
        if let due = tasks.lazy.compactMap({ $0?.nextDue }).min() {
            wait = min(wait, max(due.rawValue - environment.now().rawValue, 1_000))
        }
        return Int32(max(0, (wait + 999) / 1000))
    }

    private func serveTimers(monotonic: Int64) throws(WorkerError) {
        let now = environment.now()
        for task in tasks.lazy.compactMap({ $0 }) where task.life == .running {
            switch task.timerStep(now: now) {
            case .nothing: break
            case .askEnds: try askEnds(for: task, at: now)
            case .makeBatch:
                if task.hasOpenBatch {
                    task.core.mustClose = true
                } else {
                    if token == nil { try takeToken() }
                    task.openBatch(monotonic: monotonic)
                    task.core.mustClose = true
                }
            }
        }
    }

    private func askEnds(for task: StreamTask, at now: Instant) throws(WorkerError) {
        var ends: [Offset] = []
        do {
            for topic in Topic.inputs {
                ends.append(try log.stableEnd(of: TopicPartition(topic, task.partition)))
            }
        } catch {
            guard error.reaction == .retry else { throw WorkerError(error) }
            notify(.logRetry(error))
            return
        }
        task.askedEnds = AskedEnds(at: Instant(milliseconds: now.milliseconds), ends: ends)
    }

    /// What a commit carries that is due now; nil when none is.
    private func dueCommit(monotonic: Int64) -> CommitScope? {
        guard turn.isOver else { return nil }
        let limits = settings.limits
        let isBehind = isBehind
        let interval = max(
            limits.commitIntervalMilliseconds, isBehind ? limits.backlogCommitMilliseconds : 0)
        var isAnyDue = false
        for task in tasks.lazy.compactMap({ $0 }) {
            guard let opened = task.openedAt else { continue }
            if monotonic - opened >= interval * 1000 { return .everything }
            // It takes no more records. In a backlog all go with it: transactions are dear there.
            if task.core.mustClose, isBehind { return .everything }
            if task.isDue { isAnyDue = true }
        }
        // With a backlog the commit interval holds for holds as well, unless nothing is in hand: a
        // commit for each halves the rate, and makes all that follow later (docs/decisions/0003).
        return isAnyDue && (records.isEmpty || !isBehind) ? .whatIsDue : nil
    }

    /// What the open batches hold is older than what a hold may wait for: a backlog is being read.
    private var isBehind: Bool {
        let now = environment.now()
        return tasks.lazy.compactMap { $0?.core.batch?.latestAppendTime }.contains {
            now.milliseconds - $0.milliseconds > settings.limits.backlogMilliseconds
        }
    }

    func note(_ counts: BatchCounts) { totals.add(counts) }
}
