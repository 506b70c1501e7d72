// Re-deciding a run with the model: the batch records give the luck (ranges, `now`, `timersTo`) and
// nothing else; rule 1 gives the order.

import EventModel

/// All tasks of a run.
struct ModelRun {
    /// What became of an input record.
    enum Fate {
        case accepted(InboundFact)
        case duplicate
        case refused([String])
        /// A record of holdfast.signals.
        case signal(ExpectedSignal?)
        /// Retention took it before it was read.
        case lost
    }
    /// A refused record that must stand in the dead letters.
    struct Refusal {
        var record: PlainRecord
        var reasons: [String]
    }

    let evidence: RunEvidence
    let chains: [BatchChain]
    private(set) var tasks: [ModelTask] = []
    /// In the order of the decisions, task by task.
    private(set) var outputs: [ExpectedOutput] = []
    private(set) var refusals: [Refusal] = []
    private(set) var windows: [TopicPartition: ModelWindow] = [:]
    private var fates: [TopicPartition: [Fate]] = [:]
    /// Accepted facts by name: the causes of signals.
    private var facts: [ExpectedSignal.Name: [InboundFact]] = [:]

    init(_ evidence: RunEvidence, _ chains: [BatchChain], _ findings: inout Findings) {
        self.evidence = evidence
        self.chains = chains
        let reader = InboundReader(partitions: evidence.partitions, rules: evidence.rules)
        for chain in chains {
            for topic in [Topic.mesExecution, .qmsQuality] {
                readInput(TopicPartition(topic, Partition(chain.task)), chain, reader)
            }
        }
        matchSignals(&findings)
        var produced: [ExpectedSignal.Name: Int] = [:]
        for chain in chains {
            let task = ModelTask(rules: evidence.rules)
            for note in chain.notes { decide(note, chain.task, task, &findings) }
            for signal in task.signals { produced[signal.name, default: 0] += 1 }
            outputs += task.outputs
            tasks.append(task)
        }
        compareSignals(produced, &findings)
    }

    // MARK: - Inputs

    private mutating func readInput(
        _ place: TopicPartition, _ chain: BatchChain, _ reader: InboundReader
    ) {
        let records = evidence.partition(place.topic, chain.task).records
        let lost = chain.notes.flatMap { $0.ranges.filter { $0.topic == place.topic && $0.isLost } }
        let first = chain.notes.first?.ranges.first { $0.topic == place.topic }?.from ?? 0
        var window = ModelWindow(rules: evidence.rules)
        fates[place] = records.map { record in
            let offset = record.offset.rawValue
            if offset < first || lost.contains(where: { $0.from <= offset && offset < $0.to }) {
                return .lost
            }
            window.show(record.appendTime.rawValue)
            switch reader.verdict(record) {
            case .refused(let reasons): return .refused(reasons)
            case .fact(let fact):
                switch window.see(fact) {
                case .new:
                    note(fact)
                    return .accepted(fact)
                case .known: return .duplicate
                case .conflict: return .refused(["identityConflict"])
                }
            }
        }
        windows[place] = window
    }

    /// Notes a fact under the names of the signals that it may have caused.
    private mutating func note(_ fact: InboundFact) {
        guard let failure = ExpectedFailure(fact) else { return }
        facts[ExpectedSignal(.signal, failure, fact).name, default: []].append(fact)
        if failure.proposesHold {
            facts[ExpectedSignal(.holdProposed, failure, fact).name, default: []].append(fact)
        }
    }

    // MARK: - Signals

    private var found: [ExpectedSignal.Name: [String]] = [:]

    /// Finds our own signals on the topic: their bytes name the cause, which alone decides.
    private mutating func matchSignals(_ findings: inout Findings) {
        for chain in chains {
            let place = TopicPartition(.signals, Partition(chain.task))
            var fatesHere: [Fate] = []
            for record in evidence.partition(.signals, chain.task).records {
                guard let name = Self.name(of: record) else {
                    findings.add(
                        .unreadable, Checkers.place(record), "This is no signal of version 1.")
                    fatesHere.append(.signal(nil))
                    continue
                }
                let earlier = found[name]?.count ?? 0
                found[name, default: []].append(Checkers.place(record))
                let causes = facts[name] ?? []
                let cause = earlier < causes.count ? causes[earlier] : causes.last
                let failure = cause.flatMap { ExpectedFailure($0) }
                if let cause, let failure {
                    let signal = ExpectedSignal(name.kind, failure, cause)
                    check(record, signal, &findings)
                    fatesHere.append(.signal(signal))
                } else {
                    fatesHere.append(.signal(nil))
                }
            }
            fates[place] = fatesHere
        }
    }

    private static func name(of record: PlainRecord) -> ExpectedSignal.Name? {
        guard let json = record.value.flatMap({ try? EvidenceJSON($0) }), json.integer("v") == 1,
            let kind = json.text("kind").flatMap(ExpectedSignal.Kind.init(rawValue:)),
            let cause = json.member("cause"), let source = json.text("source", of: cause),
            let id = json.text("id", of: cause), let key = record.key
        else { return nil }
        return ExpectedSignal.Name(
            kind: kind, source: source, id: id, lot: json.text("lotId") ?? "",
            key: String(decoding: key, as: UTF8.self))
    }

    private func check(
        _ record: PlainRecord, _ signal: ExpectedSignal, _ findings: inout Findings
    ) {
        let place = Checkers.place(record)
        let right = InboundReader.partition(of: record.key ?? [], count: evidence.partitions)
        if right != record.partition.rawValue {
            findings.add(.signals, place, "Its key belongs in partition \(right).")
        }
        guard let json = record.value.flatMap({ try? EvidenceJSON($0) }) else { return }
        if json.text("severity") != signal.severity || json.text("rule") != signal.rule {
            findings.add(
                .signals, place,
                "Severity or rule is not \(signal.severity), \(signal.rule) as its cause "
                    + "\(signal.cause.place) has it.")
        }
    }

    private func compareSignals(
        _ produced: [ExpectedSignal.Name: Int], _ findings: inout Findings
    ) {
        for (name, places) in found where places.count > produced[name] ?? 0 {
            findings.add(
                .signals, places.last ?? "",
                "The \(name.kind) of \(name.source) \(name.id) stands there \(places.count) times, "
                    + "\(produced[name] ?? 0) were due.")
        }
        let low = chains.map { evidence.partition(.signals, $0.task).low }.max() ?? 0
        for (name, count) in produced where found[name]?.count ?? 0 < count && low == 0 {
            findings.add(
                .signals, Topic.signals.name,
                "The \(name.kind) of \(name.source) \(name.id) for \(name.key) is missing.")
        }
    }

    // MARK: - Batches

    private mutating func decide(
        _ note: BatchNote, _ number: Int32, _ task: ModelTask, _ findings: inout Findings
    ) {
        var merge = BatchMerge(note, evidence, number)
        var tally = BatchTally()
        let outputs = task.outputs.count
        let signals = task.signals.count
        while true {
            if let timer = task.timers.first, timer.at <= note.timersTo,
                timer.at < merge.headTime ?? .max
            {
                task.fireNext()
                tally.timers += 1
                continue
            }
            guard let (record, index) = merge.next() else { break }
            let place = TopicPartition(record.topic, record.partition)
            switch fates[place]?[index] ?? .lost {
            case .accepted(let fact):
                tally.accepted += 1
                task.apply(fact, now: note.now)
            case .duplicate: tally.duplicates += 1
            case .refused(let reasons):
                tally.refused.append((record.topic, record.offset.rawValue))
                refusals.append(Refusal(record: record, reasons: reasons))
            case .signal(let signal):
                tally.signalsRead += 1
                if let signal {
                    task.apply(signal, appendTime: record.appendTime.rawValue, now: note.now)
                }
            case .lost: break
            }
        }
        task.forgetGroups(timersTo: note.timersTo)
        tally.outbound = task.outputs.count - outputs
        tally.signals = task.signals.count - signals
        tally.compare(note, evidence, number, &findings)
    }
}
