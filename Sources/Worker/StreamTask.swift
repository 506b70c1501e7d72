// One task: the owner of partition p of every input topic. It decides records into a batch; the stream thread
// commits the batches of its tasks together (StreamThread+Commit.swift).
//
// Between two commits the batch grows. What a batch contains is luck and is written down; the
// order within it is not: Merge below is design rule 1.

import Contracts
import Decisions
import EventLog
import EventModel
import Store

/// A task and everything it holds. Used by one thread.
final class StreamTask {
    let partition: Partition
    let settings: WorkerSettings
    let environment: Environment
    let layout: TopicLayout

    var life = TaskLife.recovering
    var store: TaskStore
    var state: TaskState
    /// The head as last committed; nil for a task that never made a batch.
    var head: TaskHead?
    /// This acquisition's number.
    let epoch: Int64
    /// By position in `Topic.inputs`.
    var queues: [InputQueue]
    var windows: TaskWindows
    var batch: OpenBatch?
    /// The batch after closing, until its commit.
    var closed: ClosedBatch?
    var spareBuffer: TransactionBuffer? = TransactionBuffer()
    var encoder: OutboundEncoder
    var effects = Effects()
    var clockGuard: ClockGuard
    /// Ends asked for a due timer, and when they were asked.
    var askedEnds: AskedEnds?
    /// Since when a record waits for an input that may still bring an older one (monotonic).
    var waitingSince: Int64?
    /// Decided records, for the thread to give back to the log.
    var finished: ContiguousArray<LogRecord> = []
    /// A record came that belongs before what the open batch has decided: close it first.
    var mustClose = false

    init(
        partition: Partition, settings: WorkerSettings, environment: Environment,
        layout: TopicLayout, recovered: consuming RecoveredTask
    ) {
        self.partition = partition
        self.settings = settings
        self.environment = environment
        self.layout = layout
        store = recovered.store
        state = recovered.state
        head = recovered.head
        epoch = (recovered.head?.epoch ?? 0) + 1
        queues = recovered.positions.map { input in
            var queue = InputQueue(topic: input.topic, position: input.position)
            queue.lostBefore = input.lost
            return queue
        }
        windows = recovered.takeWindows()
        encoder = OutboundEncoder(
            deployment: settings.deployment, policyDigest: settings.policy.digest)
        clockGuard = ClockGuard(limits: settings.limits)
    }

    /// Moves to the next stage of its life; any other move is our own bug.
    func become(_ next: TaskLife) {
        precondition(life.canBecome(next), "a task cannot go from \(life) to \(next)")
        life = next
    }

    /// Takes a polled record in.
    @inline(__always)
    func enqueue(_ record: LogRecord) { queues[Self.index(of: record.topic)].append(record) }

    func reachedEnd(_ topic: Topic, _ offset: Offset) {
        queues[Self.index(of: topic)].reachedEnd(at: offset)
    }

    /// Position of an input topic in `Topic.inputs`.
    @inline(__always)
    static func index(of topic: Topic) -> Int {
        switch topic {
        case .mesExecution: 0
        case .qmsQuality: 1
        case .signals: 2
        default: preconditionFailure("\(topic.name) is not an input")
        }
    }

    var hasOpenBatch: Bool { batch != nil }
    /// When the open batch was opened (monotonic).
    var openedAt: Int64? { batch?.openedAt }
    /// A hold or a gate waits in the open batch.
    var batchCommitsAtOnce: Bool { batch?.commitsAtOnce ?? false }
    /// Where delivery starts.
    var startPositions: [Topic: Offset] {
        Dictionary(uniqueKeysWithValues: queues.map { ($0.topic, $0.position) })
    }
    var hasRecords: Bool { queues.contains { !$0.isEmpty } }
    var isCaughtUp: Bool { queues.allSatisfy { $0.isEmpty && $0.isAtEnd } }

    /// Opens a batch: fixes its `now` and its `timersTo` (docs/decisions/0001).
    func openBatch(monotonic: Int64) {
        precondition(batch == nil, "one batch at a time")
        let wall = Instant(milliseconds: environment.now().milliseconds)
        let now = max(wall, head?.now ?? wall)
        var timersTo = head?.timersTo ?? Instant(milliseconds: 0)
        if let asked = askedEnds, hasReached(asked), clockGuard.allowsTimers(at: wall) {
            timersTo = max(timersTo, asked.at)
            askedEnds = nil
        }
        var buffer = spareBuffer.take() ?? TransactionBuffer()
        buffer.reset()
        for index in queues.indices { queues[index].floor = .first }
        batch = OpenBatch(now: now, timersTo: timersTo, openedAt: monotonic, transaction: buffer)
    }

    /// What a merge step found.
    private enum Choice {
        case record(Int)
        case wait
        case mustClose
    }

    /// The queue whose head goes next: the smallest (append time, row), once no input can still
    /// bring an older one or 5 ms went by.
    private func choose(monotonic: Int64) -> Choice {
        var best = -1
        var bestKey = MergeKey.first
        var allReady = true
        for index in queues.indices {
            if queues[index].isEmpty {
                if !queues[index].isAtEnd { allReady = false }
                continue
            }
            let key = MergeKey(queues[index].first)
            if best < 0 || key < bestKey {
                best = index
                bestKey = key
            }
        }
        guard best >= 0 else {
            waitingSince = nil
            return .wait
        }
        if !allReady {
            let since = waitingSince ?? monotonic
            waitingSince = since
            if monotonic - since < settings.limits.mergeWaitMicrosecondsMax { return .wait }
        } else {
            waitingSince = nil
        }
        if batch != nil, bestKey < queues[best].floor { return .mustClose }
        return .record(best)
    }

    /// Takes up to a deskful of records in the order of rule 1 into `desk`.
    func takeRecords(into desk: Intake, monotonic: Int64) {
        desk.clear()
        while desk.count < Intake.width {
            if let batch, batch.counts.records + Int64(desk.count) >= settings.limits.batchRecordsMax {
                mustClose = true
                return
            }
            switch choose(monotonic: monotonic) {
            case .wait: return
            case .mustClose:
                mustClose = true
                return
            case .record(let index):
                if batch == nil { openBatch(monotonic: monotonic) }
                let record = queues[index].removeFirst()
                let key = MergeKey(record)
                for other in queues.indices where other != index {
                    if queues[other].floor < key { queues[other].floor = key }
                }
                queues[index].floor = .first
                desk.place(record)
            }
        }
    }
}

/// Ends of all inputs, asked at an instant (design rule 2).
struct AskedEnds {
    var at: Instant
    /// By position in `Topic.inputs`.
    var ends: [Offset]
}
