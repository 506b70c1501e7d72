// Proves a run from the log alone: every batch of every task is decided again (Redecision), and
// what that comes to is compared with the output topics, record by record. It changes nothing and
// needs no state directory.

package import Contracts
package import Decisions
package import EventLog
package import EventModel

/// What a verification came to.
package struct VerificationReport: Sendable, Equatable {
    package var batches = 0
    package var records: Int64 = 0
    /// Outputs, signals and dead letters that were found in the log as decided.
    package var outputs: Int64 = 0
    /// One sentence per difference, with offsets; empty when the run is proven.
    package var differences: [String] = []
    /// What could not be compared, and why.
    package var notes: [String] = []
    package init() {}
}

/// Verifies all tasks of a log. Used by one thread.
package final class Verification {
    private static let differencesMax = 100
    private let deployment: String
    private let limits: Limits
    private let registry: ContractRegistry?
    private let makeReader: () throws(LogError) -> any LogReader
    private let policyOf: (String) -> Policy?
    private var ledger = OutputLedger()
    private var report = VerificationReport()
    private var isStopped = false

    /// `policyOf` reads a policy's canonical text; without a `registry` it compiles its own.
    package init(
        deployment: String, limits: Limits, registry: ContractRegistry? = nil,
        makeReader: @escaping () throws(LogError) -> any LogReader,
        policyOf: @escaping (String) -> Policy?
    ) {
        self.deployment = deployment
        self.limits = limits
        self.registry = registry
        self.makeReader = makeReader
        self.policyOf = policyOf
    }

    /// The topics that a worker writes and that follow from its batches. The changelog does not
    /// count: it is compacted all the time, and a worker that restores from it is checked by its
    /// next batches.
    private static let outputs: [Topic] = [
        .signals, .holds, .deviations, .alerts, .changes, .gates, .deadLetters,
    ]

    /// Decides and compares everything; `progress` answers whether to go on. Nil when it did not.
    package func run(
        progress: (VerificationReport) -> Bool
    ) throws(WorkerError) -> VerificationReport? {
        do {
            let reader = try makeReader()
            defer { reader.close() }
            // Asked before the batches are read: what lies before these ends has its batch record.
            let decidedEnds = try ends(reader)
            let tasks = try reader.partitionCount(of: .audit)
            for task in 0..<tasks where !isStopped {
                do throws(WorkerError) {
                    try decide(Partition(task), progress)
                } catch {
                    guard error.kind == .contradiction else { throw error }
                    differ(error.message)
                }
            }
            // Asked after them: every output of the batches read lies before these.
            for (place, end) in try ends(reader).sorted(by: { $0.key < $1.key }) where !isStopped {
                try compare(
                    place, reader, to: end, decidedTo: decidedEnds[place] ?? Offset(0), progress)
            }
        } catch let error as LogError {
            throw WorkerError(error)
        } catch let error as WorkerError {
            throw error
        } catch {
            preconditionFailure("unexpected error: \(error)")
        }
        return isStopped ? nil : report
    }

    private func ends(_ reader: any LogReader) throws(LogError) -> [TopicPartition: Offset] {
        var found: [TopicPartition: Offset] = [:]
        for topic in Self.outputs {
            for number in 0..<(try reader.partitionCount(of: topic)) {
                let place = TopicPartition(topic, Partition(number))
                found[place] = try reader.end(of: place, isolation: .committed)
            }
        }
        return found
    }

    private func differ(_ what: String) {
        if report.differences.count < Self.differencesMax { report.differences.append(what) }
    }

    private func decide(
        _ task: Partition, _ progress: (VerificationReport) -> Bool
    ) throws(WorkerError) {
        let before = report
        let redecision = try Redecision(
            partition: task, deployment: deployment, limits: limits, registry: registry,
            makeReader: makeReader, policyOf: policyOf,
            onOutbound: { [self] output, audit in
                ledger.expect(output, task: task, audit: audit)
            })
        let decided = try redecision.run { [self] sofar in
            report.batches = before.batches + sofar.batches
            report.records = before.records + sofar.records
            isStopped = !progress(report)
            return !isStopped
        }
        for difference in decided.differences { differ(difference) }
    }

    /// Strikes out what is in one output partition, and names what is left over on either side.
    private func compare(
        _ place: TopicPartition, _ reader: any LogReader, to end: Offset, decidedTo: Offset,
        _ progress: (VerificationReport) -> Bool
    ) throws(LogError) {
        let name = "\(place.topic.name)/\(place.partition.rawValue)"
        let low = try reader.lowWatermark(of: place)
        let feeder = InputFeeder(reader: reader, input: place)
        try feeder.start(at: low)
        while let record = try feeder.next(before: end) {
            defer { reader.release(record) }
            if ledger.find(record) {
                report.outputs += 1
            } else if record.offset < decidedTo {
                differ(
                    "\(name) offset \(record.offset.rawValue): no batch decided this record "
                        + "(key \(record.key?.text ?? "null"))")
            }
            if report.outputs & 1023 == 0, !progress(report) {
                isStopped = true
                break
            }
        }
        feeder.stop()
        let begins = low > Offset(0) && place.topic != .gates
        var gone = 0
        for output in ledger.missing(in: place) where !isStopped {
            if begins, output.isAtBeginning {
                gone += output.count
                continue
            }
            differ(
                "holdfast.audit/\(output.task.rawValue) offset \(output.audit.rawValue): "
                    + "\(output.count) of its batch's records are not in \(name)")
        }
        guard gone > 0 else { return }
        report.notes.append(
            "\(name) begins at offset \(low.rawValue): \(gone) outputs before it cannot be "
                + "compared")
    }
}
