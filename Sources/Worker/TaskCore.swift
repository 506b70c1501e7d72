// What decides: the queues of one task, its state, its dedupe windows and the open batch. It knows
// no store, no clock and no log, so the worker runs it live and `verify` runs it again from batch
// records.
//
// Between two commits the batch grows. What a batch contains is luck and is written down; the
// order within it is not: `choose` is design rule 1.

import Contracts
import Decisions
import EventLog
import EventModel

/// Decides the batches of one task. Used by one thread.
final class TaskCore {
    let partition: Partition
    let deployment: String
    let policy: Policy
    let limits: Limits
    let layout: TopicLayout
    /// This acquisition's number; `verify` sets it from each record.
    var epoch: Int64

    var state: TaskState
    /// The head as of the batch closed last; nil for a task that never made one.
    var head: TaskHead?
    /// By position in `Topic.inputs`.
    var queues: [InputQueue]
    var windows: TaskWindows
    var batch: OpenBatch?
    private var spareBuffer: TransactionBuffer? = TransactionBuffer()
    var encoder: OutboundEncoder
    var effects = Effects()
    /// Since when a record waits for an input that may still bring an older one (monotonic).
    var waitingSince: Int64?
    /// Decided records, for the thread to give back to the log.
    var finished: ContiguousArray<LogRecord> = []
    /// A record came that belongs before what the open batch has decided: close it first.
    var mustClose = false

    init(
        partition: Partition, deployment: String, policy: Policy, limits: Limits,
        layout: TopicLayout, epoch: Int64, state: TaskState, head: TaskHead?,
        queues: [InputQueue], windows: consuming TaskWindows
    ) {
        self.partition = partition
        self.deployment = deployment
        self.policy = policy
        self.limits = limits
        self.layout = layout
        self.epoch = epoch
        self.state = state
        self.head = head
        self.queues = queues
        self.windows = windows
        encoder = OutboundEncoder(deployment: deployment, policyDigest: policy.digest)
    }

    /// Takes a polled record in.
    @inline(__always)
    func enqueue(_ record: LogRecord) { queues[Self.index(of: record.topic)].append(record) }

    func reachedEnd(_ topic: Topic, _ offset: Offset) {
        queues[Self.index(of: topic)].reachedEnd(at: offset)
    }

    /// Moves every input's position over what lies between its last record and its end.
    func settleAtEnds() {
        for index in queues.indices { queues[index].settleAtEnd() }
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

    var hasRecords: Bool { queues.contains { !$0.isEmpty } }
    var isCaughtUp: Bool { queues.allSatisfy { $0.isEmpty && $0.isAtEnd } }

    /// Opens a batch with its `now` and its `timersTo`, which stay as they are
    /// (docs/decisions/0001).
    func openBatch(now: Instant, timersTo: Instant, openedAt: Int64) {
        precondition(batch == nil, "one batch at a time")
        var buffer = spareBuffer.take() ?? TransactionBuffer()
        buffer.reset()
        for index in queues.indices { queues[index].floor = .first }
        batch = OpenBatch(now: now, timersTo: timersTo, openedAt: openedAt, transaction: buffer)
    }

    /// Gets back the buffer of a batch that is done with.
    func reuse(_ buffer: consuming TransactionBuffer) { spareBuffer = consume buffer }

    /// The dedupe windows, for the core that takes over from this one.
    func giveWindows(limits: Limits) -> TaskWindows {
        var given = TaskWindows(limits: limits)
        swap(&given, &windows)
        return given
    }

    /// What a merge step found.
    private enum Choice {
        case record(Int)
        case wait
        case mustClose
    }

    /// The queue whose head goes next: the smallest (append time, row), once no input can still
    /// bring an older one or `mergeWaitMicrosecondsMax` went by.
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
            if monotonic - since < limits.mergeWaitMicrosecondsMax { return .wait }
        } else {
            waitingSince = nil
        }
        if batch != nil, bestKey < queues[best].floor { return .mustClose }
        return .record(best)
    }

    /// Takes up to a deskful of records in the order of rule 1 into `desk`.
    func takeRecords(into desk: Intake, monotonic: Int64, open: () -> Void) {
        desk.clear()
        defer { if let last = desk.records.last { batch?.latestAppendTime = last.appendTime } }
        while desk.count < Intake.width {
            if let batch, batch.isFull(with: desk.count, limits: limits) {
                mustClose = true
                return
            }
            switch choose(monotonic: monotonic) {
            case .wait: return
            case .mustClose:
                mustClose = true
                return
            case .record(let index):
                if batch == nil { open() }
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
