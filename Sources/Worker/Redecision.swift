// Batch records prove a run: a task's input and its batch records are enough to decide everything
// again, byte for byte. This is the same TaskCore as in the worker, fed from the log instead of a
// poll; what it comes to is compared with what stands in the log.

package import Contracts
package import Decisions
package import EventLog
package import EventModel

/// What deciding a task again came to.
package struct RedecisionReport: Sendable {
    package var batches = 0
    package var records: Int64 = 0
    package var outbound: Int64 = 0
    /// One sentence per difference, with offsets; empty when the run is proven.
    package var differences: [String] = []
    /// The sequence number of the first batch that could be decided, when it is not 1.
    package var startsAtSequence: Int64?
    package init() {}
}

/// Decides one task's batches again.
package final class Redecision {
    private let partition: Partition
    private let limits: Limits
    private let deployment: String
    private let layout: TopicLayout
    private let registry: ContractRegistry
    private let policyOf: (String) -> Policy?
    private let desk: Intake
    private var core: TaskCore?
    private var inputs: [InputFeeder]
    private let audit: InputFeeder
    private var parser: JSONParser
    private var report = RedecisionReport()
    private let onOutbound: (BufferedRecord, Offset) -> Void

    /// `policyOf` reads a policy's canonical text; `onOutbound` is told every record
    /// that must be in the log, and the offset of its batch record. Without a `registry` it
    /// compiles one of its own.
    package init(
        partition: Partition, deployment: String, limits: Limits,
        registry shared: ContractRegistry? = nil,
        makeReader: () throws(LogError) -> any LogReader,
        policyOf: @escaping (String) -> Policy?,
        onOutbound: @escaping (BufferedRecord, Offset) -> Void
    ) throws(WorkerError) {
        do {
            var limits = limits
            // Where a batch ended was luck, and is in its record.
            limits.batchRecordsMax = .max
            limits.batchBytesMax = .max
            limits.batchRefusedRangesMax = .max
            self.limits = limits
            registry = try shared ?? ContractRegistry(limits: limits)
            let first = try makeReader()
            var counts: [Topic: Int32] = [:]
            for topic in Topic.allCases { counts[topic] = try first.partitionCount(of: topic) }
            layout = TopicLayout { counts[$0]! }
            audit = InputFeeder(reader: first, input: TopicPartition(.audit, partition))
            inputs = []
            for topic in Topic.inputs {
                inputs.append(
                    InputFeeder(
                        reader: try makeReader(), input: TopicPartition(topic, partition)))
            }
        } catch let error as LogError {
            throw WorkerError(error)
        } catch {
            throw WorkerError(
                kind: .setup, message: "the built-in contracts do not compile: \(error)",
                hint: "This is a defect of this build.")
        }
        self.partition = partition
        self.deployment = deployment
        self.policyOf = policyOf
        self.onOutbound = onOutbound
        desk = Intake(registry: registry, limits: limits, partitionCount: layout.count(of: .state))
        parser = JSONParser(limits: limits.forOwnRecords)
    }

    /// Decides every batch there is; `progress` is told after each and answers whether to go on.
    package func run(progress: (RedecisionReport) -> Bool) throws(WorkerError) -> RedecisionReport {
        do {
            let low = try audit.reader.lowWatermark(of: audit.input)
            let end = try audit.reader.end(of: audit.input, isolation: .committed)
            try audit.start(at: low)
            while let record = try audit.next(before: end) {
                defer { audit.reader.release(record) }
                guard report.differences.count < 20 else { break }
                try decide(batch: record)
                guard progress(report) else { break }
            }
        } catch let error as LogError {
            throw WorkerError(error)
        } catch let error as WorkerError {
            throw error
        } catch {
            preconditionFailure("unexpected error: \(error)")
        }
        audit.stop()
        audit.reader.close()
        for input in inputs {
            input.stop()
            input.reader.close()
        }
        return report
    }

    private func differ(_ record: LogRecord, _ what: String) {
        let place = "\(audit.input.topic.name)/\(partition.rawValue)"
        report.differences.append("\(place) offset \(record.offset.rawValue): \(what)")
    }

    private func decide(batch record: LogRecord) throws {
        guard let value = record.value, let view = try? parser.parse(value),
            let batch = RecordedBatch(view)
        else {
            differ(record, "no batch record of ours")
            return
        }
        if core == nil {
            guard batch.sequence == 1, batch.previous.isEmpty else {
                report.startsAtSequence = batch.sequence
                differ(
                    record,
                    "the log begins with batch \(batch.sequence): what came before is gone, so "
                        + "nothing of this task can be decided again")
                throw WorkerError(
                    kind: .contradiction, message: report.differences.last!,
                    hint: "Verify a log that still has its beginning.")
            }
            try begin(batch)
        }
        if let text = batch.policyText, core?.policy.canonicalJSON != text {
            try change(toPolicy: text)
        }
        guard let core else { return }
        core.epoch = batch.epoch
        for (index, feeder) in inputs.enumerated() {
            try feed(index, feeder, batch: batch, record: record)
        }
        core.openBatch(now: batch.now, timersTo: batch.timersTo, openedAt: 0)
        try core.decideAvailable(desk: desk, monotonic: 0, notify: { _ in }, open: {})
        for decided in core.finished {
            inputs[TaskCore.index(of: decided.topic)].reader.release(decided)
        }
        core.finished.removeAll(keepingCapacity: true)
        compare(core.closeBatch(), with: record, value: value, core: core)
    }

    private func begin(_ batch: RecordedBatch) throws {
        let policy = try readPolicy(batch.policyText)
        var queues: [InputQueue] = []
        for feeder in inputs {
            let from = batch.ranges.first { $0.topic == feeder.input.topic }?.from ?? Offset(0)
            try feeder.start(at: from)
            queues.append(InputQueue(topic: feeder.input.topic, position: from))
        }
        core = TaskCore(
            partition: partition, deployment: deployment, policy: policy, limits: limits,
            layout: layout, epoch: batch.epoch, state: TaskState(policy: policy, limits: limits),
            head: nil, queues: queues, windows: TaskWindows(limits: limits))
    }

    private func readPolicy(_ text: String?) throws(WorkerError) -> Policy {
        guard let text, let policy = policyOf(text) else {
            throw WorkerError(
                kind: .contradiction,
                message: "the first batch under a policy does not carry one that can be read",
                hint: "The batch record was written by another version.")
        }
        return policy
    }

    /// The worker was started with another policy here: its state goes on, row by row as it was
    /// read back then.
    private func change(toPolicy text: String) throws {
        guard let old = core else { return }
        let policy = try readPolicy(text)
        var state = TaskState(policy: policy, limits: limits)
        for row in old.state.dump() {
            let value = row.value ?? []
            var key = row.key
            try key.withUTF8 { key in
                try value.withUnsafeBytes {
                    try state.load(key: ByteView(key), value: parser.parse($0))
                }
            }
        }
        core = TaskCore(
            partition: partition, deployment: deployment, policy: policy, limits: limits,
            layout: layout, epoch: old.epoch, state: state, head: old.head, queues: old.queues,
            windows: old.giveWindows(limits: limits))
    }

    /// Puts the batch's range of one input into its queue.
    private func feed(
        _ index: Int, _ feeder: InputFeeder, batch: RecordedBatch, record: LogRecord
    ) throws {
        let core = core!
        for range in batch.ranges where range.topic == feeder.input.topic {
            if range.from != core.queues[index].position {
                differ(
                    record,
                    "\(range.topic.name) goes on at \(range.from.rawValue), the batch before "
                        + "ended at \(core.queues[index].position.rawValue)")
            }
            if range.isLost {
                core.queues[index] = InputQueue(topic: range.topic, position: range.to)
                core.queues[index].lostBefore = range
                try feeder.start(at: range.to)
                continue
            }
            // A batch that says it read what the log does not have: told, never waited for.
            let end = try feeder.end(atLeast: range.to)
            if range.to > end {
                differ(
                    record,
                    "the batch read \(range.topic.name) to \(range.to.rawValue), which ends at "
                        + "\(end.rawValue)")
            }
            while let input = try feeder.next(before: min(range.to, end)) {
                core.enqueue(input)
                report.records += 1
            }
            core.queues[index].reachedEnd(at: range.to)
        }
    }

    private func compare(
        _ closed: ClosedBatch, with record: LogRecord, value: ByteView, core: TaskCore
    ) {
        report.batches += 1
        report.outbound += closed.counts.outbound
        let isSame = closed.record.withUnsafeBytes { $0.isSame(as: value) }
        if !isSame {
            differ(
                record,
                "decided again, batch \(closed.head.sequence) reads "
                    + String(decoding: closed.record.prefix(600), as: UTF8.self)
                    + " but the log has " + ByteView(rebasing: value.prefix(600)).text)
        }
        closed.transaction.forEach { output in
            if output.topic != .state, output.topic != .audit {
                onOutbound(output, record.offset)
            }
        }
        core.reuse(closed.giveBuffer())
    }
}
