// Compares what a read_committed consumer saw with what had to come out, each exactly once.

import EventModel

/// The outbound topics of a run.
struct OutputComparison {
    let evidence: RunEvidence
    private var found: [String: [FoundOutput]] = [:]
    /// All of them, topic by topic.
    private(set) var all: [FoundOutput] = []

    init(_ evidence: RunEvidence, _ findings: inout Findings) {
        self.evidence = evidence
        for topic in OutboundKind.topics {
            for (_, partition) in evidence.places(of: topic) {
                for (index, record) in partition.records.enumerated() {
                    guard let output = FoundOutput(record, rank: partition.ranks?[index]) else {
                        findings.add(
                            .unreadable, Checkers.place(record), "This is no event of ours.")
                        continue
                    }
                    all.append(output)
                    found[output.id, default: []].append(output)
                }
            }
        }
    }

    func compare(_ expected: [ExpectedOutput], _ findings: inout Findings) {
        // An id twice is due twice where an event came again after its window had passed.
        var due: [String: Int] = [:]
        var lastGate: [String: String] = [:]
        for output in expected {
            due[output.id, default: 0] += 1
            if output.kind == .gateChanged { lastGate[output.key] = output.id }
        }
        var seen: [String: Int] = [:]
        for output in expected {
            let number = seen[output.id, default: 0]
            seen[output.id] = number + 1
            let all = found[output.id] ?? []
            guard number < all.count else {
                let mayBeGone =
                    evidence.compacted.contains(output.kind.topic)
                    && lastGate[output.key] != output.id
                if !mayBeGone {
                    findings.add(
                        output.kind.check, output.kind.topic.name, "Lost: \(output.words).")
                }
                continue
            }
            compare(output, all[number], &findings)
        }
        compareCounts(expected, due, &findings)
        compareOrder(expected, &findings)
        compareGates(expected, &findings)
    }

    private func compareCounts(
        _ expected: [ExpectedOutput], _ due: [String: Int], _ findings: inout Findings
    ) {
        let words = Dictionary(
            expected.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for extra in all {
            let id = extra.id
            let all = found[id] ?? []
            let count = due[id] ?? 0
            // Told once, of the last.
            guard all.count > count, all.last === extra else { continue }
            let check = OutboundKind(rawValue: extra.type)?.check ?? .exactlyOnce
            if let output = words[id] {
                findings.add(
                    check, extra.place,
                    "Doubled: \(output.words) came out \(all.count) times, \(count) were due.")
            } else {
                findings.add(
                    check, extra.place,
                    "Nobody's: \(extra.type) for \(extra.cause("source") ?? "?") "
                        + "\(extra.cause("id") ?? "?") should not be there.")
            }
        }
    }

    private func compare(
        _ output: ExpectedOutput, _ one: FoundOutput, _ findings: inout Findings
    ) {
        let source = "/holdfast/\(evidence.deployment)"
        if let text = one.difference(from: output, source: source) {
            findings.add(.content, one.place, "\(output.words): \(text).")
        }
        if let (name, text) = one.memberDifference(from: output) {
            let check: Check
            switch name.description {
            case "openHolds", "openHoldCount", "blockers", "subjectReleased": check = .holdSets
            case "state", "reasons", "since": check = .gates
            case "memberCount", "why.memberCount", "leader", "affectedLots": check = .members
            default: check = .content
            }
            findings.add(check, one.place, "\(output.words): \(text).")
        }
        if let dueAt = output.dueAt {
            let early = dueAt - one.record.appendTime.rawValue
            if early > evidence.rules.timerEarlyMilliseconds * 1_000 {
                findings.add(
                    .timers, one.place,
                    "\(output.words) was appended \(early / 1_000) ms before its instant.")
            }
        }
    }

    /// Events of one key stand in the order of the decisions; a hold before its deviation.
    private func compareOrder(_ expected: [ExpectedOutput], _ findings: inout Findings) {
        struct Line: Hashable {
            var topic: Topic
            var key: String
        }
        struct Cause: Hashable {
            var source: String
            var id: String
        }
        var last: [Line: FoundOutput] = [:]
        var holds: [Cause: FoundOutput] = [:]
        var seen: [String: Int] = [:]
        for output in expected {
            let number = seen[output.id, default: 0]
            seen[output.id] = number + 1
            guard let all = found[output.id], number < all.count else { continue }
            let line = Line(topic: output.kind.topic, key: output.key)
            let one = all[number]
            if let before = last[line], before.record.partition != one.record.partition {
                findings.add(
                    .order, one.place, "The key \(output.key) stands in two partitions.")
            } else if let before = last[line], one.record.offset < before.record.offset {
                findings.add(.order, one.place, "\(output.words) stands before \(before.place).")
            }
            last[line] = one
            if output.kind == .holdApplied, output.subject.type == "lot" {
                holds[Cause(source: output.cause.source, id: output.cause.id)] = one
            }
        }
        for output in expected {
            switch output.kind {
            case .deviationRaised, .deviationUpdated, .alertRaised, .alertSuppressed: break
            default: continue
            }
            let cause = Cause(source: output.cause.source, id: output.cause.id)
            guard let hold = holds[cause], let one = found[output.id]?.first,
                one.rank < hold.rank
            else { continue }
            findings.add(.order, one.place, "\(output.words) came before its hold \(hold.place).")
        }
    }

    /// The gate table: the last row of each key.
    private func compareGates(_ expected: [ExpectedOutput], _ findings: inout Findings) {
        // A key is in one partition, where later ones stand behind earlier ones.
        var due: [String: ExpectedOutput] = [:]
        for output in expected where output.kind == .gateChanged { due[output.key] = output }
        var table: [String: FoundOutput] = [:]
        for one in all where one.record.topic == .gates {
            table[String(decoding: one.record.key ?? [], as: UTF8.self)] = one
        }
        for (key, output) in due where table[key]?.id != output.id {
            let told = table[key].flatMap { $0.json.text("state", of: $0.data) } ?? "nothing"
            findings.add(
                .gates, table[key]?.place ?? Topic.gates.name,
                "The row of \(key) says \(told), it should be that of \(output.words).")
        }
        for (key, one) in table where due[key] == nil {
            findings.add(.gates, one.place, "The row of \(key) is nobody's.")
        }
    }
}
