// One task of a running worker: what decides (TaskCore), where it is kept (TaskStore), and when its
// timers may fire.

import Contracts
import Decisions
import EventLog
import EventModel
import Store

/// A task and everything it holds. Used by one thread.
final class StreamTask {
    let partition: Partition
    let core: TaskCore
    let store: TaskStore
    let environment: Environment
    private(set) var life = TaskLife.recovering
    /// The batch after closing, until the outcome of its commit is known. The open batch builds on
    /// it.
    private(set) var closed: ClosedBatch?
    /// Committed batches that the store does not have yet, in order.
    private var unstored: [CommittedBatch] = []
    /// Since when there are some (monotonic), and their sightings and rows in bytes.
    private(set) var unstoredSince: Int64?
    private(set) var unstoredBytes = 0
    var clockGuard: ClockGuard
    /// Ends asked for a due timer, and when they were asked.
    var askedEnds: AskedEnds?

    init(
        partition: Partition, settings: WorkerSettings, environment: Environment,
        layout: TopicLayout, recovered: consuming RecoveredTask
    ) {
        self.partition = partition
        self.environment = environment
        store = recovered.store
        let queues = recovered.positions.map { input in
            var queue = InputQueue(topic: input.topic, position: input.position)
            queue.lostBefore = input.lost
            return queue
        }
        let state = recovered.state
        let head = recovered.head
        core = TaskCore(
            partition: partition, deployment: settings.deployment, policy: settings.policy,
            limits: settings.limits, layout: layout, epoch: (head?.epoch ?? 0) + 1, state: state,
            head: head, queues: queues, windows: recovered.takeWindows())
        clockGuard = ClockGuard(limits: settings.limits)
    }

    /// Moves to the next stage of its life; any other move is our own bug.
    func become(_ next: TaskLife) {
        precondition(life.canBecome(next), "a task cannot go from \(life) to \(next)")
        life = next
    }

    var hasOpenBatch: Bool { core.batch != nil }
    /// When the open batch was opened (monotonic).
    var openedAt: Int64? { core.batch?.openedAt }
    /// The open batch cannot wait: a hold or a gate is in it, or the task decides nothing more
    /// before it is committed.
    var isDue: Bool { core.batch.map { $0.commitsAtOnce || core.mustClose } ?? false }
    /// Where delivery starts.
    var startPositions: [Topic: Offset] {
        Dictionary(uniqueKeysWithValues: core.queues.map { ($0.topic, $0.position) })
    }
    /// The offsets that fence the closed batch: every input, moved or not. The head's own, whatever
    /// the queues have learned since: a group offset that contradicts the head stops the task.
    var fencingOffsets: [(TopicPartition, Offset)] {
        guard let head = closed?.head else { return [] }
        return Topic.inputs.map { (TopicPartition($0, partition), head.positions[$0]!) }
    }

    /// Opens a batch as of now. Due timers take part when their ends are reached (rule 2) and the
    /// clocks agree (rule 3).
    func openBatch(monotonic: Int64) {
        let wall = Instant(milliseconds: environment.now().milliseconds)
        let now = max(wall, core.head?.now ?? wall)
        var timersTo = core.head?.timersTo ?? Instant(milliseconds: 0)
        // Compared with the wall clock: `now` may still be what a clock that was ahead has left.
        if let asked = askedEnds, asked.at <= wall, hasReached(asked),
            clockGuard.allowsTimers(at: wall)
        {
            timersTo = max(timersTo, asked.at)
            askedEnds = nil
        }
        core.openBatch(now: now, timersTo: timersTo, openedAt: monotonic)
    }

    /// Takes in what a delivery report says of the clocks; true when they disagree. Ends that were
    /// asked by a clock nobody trusts are forgotten: their instant may come long after them.
    func note(_ report: ClockReport) -> Bool {
        let isImplausible = clockGuard.note(report)
        if !clockGuard.allowsTimers(at: report.reportedAt) { askedEnds = nil }
        return isImplausible
    }

    /// Closes the open batch; it waits for its commit.
    func close() {
        precondition(closed == nil, "a closed batch waits for its commit")
        closed = core.closeBatch()
    }

    /// Adds the closed batch to what the thread's transaction carries.
    func appendClosed(to transaction: inout TransactionBuffer) {
        transaction.append(contentsOf: closed!.transaction)
    }

    /// The batch is committed in the log; the store has to follow.
    func committed(_ receipt: borrowing CommitReceipt, monotonic: Int64) {
        let closed = self.closed.take()!
        guard let last = receipt.lastStateOffsets[partition] else {
            preconditionFailure("every batch writes its head to holdfast.state")
        }
        core.reuse(closed.giveBuffer())
        unstored.append(CommittedBatch(batch: closed, changelogNext: last.next))
        unstoredSince = unstoredSince ?? monotonic
        for block in closed.sightings { unstoredBytes += block.bytes.count }
        for row in closed.rows { unstoredBytes += row.key.utf8.count + (row.value?.count ?? 0) }
    }

    /// The log has batches that the store does not have.
    var hasUnstored: Bool { !unstored.isEmpty }

    /// The store takes what the log has committed, in one transaction of its own.
    func storeCommitted(now: Instant) throws(StoreError) {
        guard let last = unstored.last else { return }
        defer {
            unstored.removeAll()
            unstoredSince = nil
            unstoredBytes = 0
        }
        try store.commit(
            rows: unstored.count == 1 ? last.batch.rows : unstored.flatMap(\.batch.rows),
            head: last.batch.headBytes, changelogNext: last.changelogNext, savedAt: now,
            sightings: unstored.flatMap(\.batch.sightings), dropSightingsBelow: last.batch.drops)
    }

    /// Forgets the batches, open and closed: the task is being let go.
    func dropBatches() {
        core.batch = nil
        closed = nil
        core.mustClose = false
    }
}

/// A batch that the log has and the store has not.
private struct CommittedBatch {
    let batch: ClosedBatch
    /// The offset after its last record of holdfast.state.
    let changelogNext: Offset
}

/// Ends of all inputs, asked at an instant (design rule 2).
struct AskedEnds {
    var at: Instant
    /// By position in `Topic.inputs`.
    var ends: [Offset]
}
