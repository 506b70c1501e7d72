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

    init(
        _ evidence: RunEvidence, _ chains: [BatchChain], signals: [[SignalNote?]],
        _ findings: inout Findings
    ) {
        self.evidence = evidence
        self.chains = chains
        let reader = InboundReader(partitions: evidence.partitions, rules: evidence.rules)
        for chain in chains {
            for topic in [Topic.mesExecution, .qmsQuality] {
                readInput(TopicPartition(topic, Partition(chain.task)), chain, reader)
            }
        }
        for (chain, notes) in zip(chains, signals) { match(notes, chain, &findings) }
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
        let lost = chain.lost(of: place.topic)
        let first = chain.first(of: place.topic)
        let end = chain.end(of: place.topic)
        var window = ModelWindow(rules: evidence.rules)
        fates[place] = records.map { record in
            let offset = record.offset.rawValue
            // Not read and still there is a finding of its own (ranges).
            if offset < first || offset >= end
                || lost.contains(where: { $0.from <= offset && offset < $0.to })
            {
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

    /// Finds the causes of our own signals.
    private mutating func match(
        _ notes: [SignalNote?], _ chain: BatchChain, _ findings: inout Findings
    ) {
        fates[TopicPartition(.signals, Partition(chain.task))] = notes.map { note in
            guard let note else { return .signal(nil) }
            let earlier = found[note.name]?.count ?? 0
            found[note.name, default: []].append(Checkers.place(note.record))
            let causes = facts[note.name] ?? []
            let cause = earlier < causes.count ? causes[earlier] : causes.last
            guard let cause, let failure = ExpectedFailure(cause) else { return .signal(nil) }
            let signal = ExpectedSignal(note.name.kind, failure, cause)
            check(note, signal, &findings)
            return .signal(signal)
        }
    }

    private func check(
        _ note: SignalNote, _ signal: ExpectedSignal, _ findings: inout Findings
    ) {
        let record = note.record
        let place = Checkers.place(record)
        let right = InboundReader.partition(of: record.key ?? [], count: evidence.partitions)
        if right != record.partition.rawValue {
            findings.add(.signals, place, "Its key belongs in partition \(right).")
        }
        if note.json.text("severity") != signal.severity || note.json.text("rule") != signal.rule {
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
        for (name, count) in produced where found[name]?.count ?? 0 < count {
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
