// An independent model of one task under the default policy: from the records in the order of the
// batch records to what must come out. Written from docs/events.md and docs/design.md alone; it
// knows nothing of how the worker does it.

import EventModel

/// State and output of one task.
final class ModelTask {
    struct Hold: Equatable {
        var id: String
        var owner: String
    }
    struct Gate: Equatable {
        var isOpen: Bool
        /// `now` of the batch that moved it, µs since 1970.
        var since: Int64
    }
    struct Timer {
        var at: Int64
        var cause: InboundFact
    }
    struct Group {
        var first: Int64
        var last: Int64
        var members = 1
        var lots: Set<String>
        var severity: String
        var deviation: String
        var alert: String
        var leader: InboundFact
        /// Append time of the signal that came last.
        var joined: Int64
        var isClosed = false
    }
    private struct HoldName: Hashable {
        var subject: EvidenceSubject
        var id: String
    }

    static let severities = ["minor": 0, "major": 1, "critical": 2]

    let rules: EvidenceRules
    var holds: [EvidenceSubject: [Hold]] = [:]
    private var released: Set<HoldName> = []
    var gates: [String: Gate] = [:]
    var timers: [Timer] = []
    var effective: Set<String> = []
    var groups: [String: [Group]] = [:]
    /// `timersTo` when groups were forgotten last.
    var forgottenTo: Int64 = 0
    /// No group's last member was appended before this.
    var joinedFloor = Int64.max
    var outputs: [ExpectedOutput] = []
    var signals: [ExpectedSignal] = []

    init(rules: EvidenceRules) { self.rules = rules }

    /// Decides one accepted event.
    func apply(_ fact: InboundFact, now: Int64) {
        switch fact.type {
        case "qms.holdRequested.v1":
            guard let subject = subject(of: fact) else { return }
            hold(
                fact, subject, id: fact.text("holdId"), owner: fact.text("owner") ?? "",
                rule: "hold.requested", now: now, [])
        case "qms.holdReleaseApproved.v1": release(fact, now: now)
        case "qms.dispositionDecided.v1": disposition(fact)
        case "qms.changeApproved.v1":
            if fact.text("initiatedBy") == fact.text("approvedBy") {
                refuseChange(fact, "initiatorIsApprover")
            } else {
                arm(fact, fact.text("effectiveFrom"))
            }
        case "qms.changeCancelled.v1": cancel(fact)
        case "qms.documentApproved.v1": arm(fact, fact.text("effectiveFrom"))
        case "qms.documentRetired.v1": arm(fact, fact.text("retiredFrom"))
        default: if fact.type.hasPrefix("mes.") { floor(fact, now: now) }
        }
    }

    func emit(_ output: ExpectedOutput) { outputs.append(output) }

    private func subject(of fact: InboundFact) -> EvidenceSubject? {
        guard let node = fact.document.member("subject", of: fact.data),
            let type = fact.document.text("type", of: node),
            let id = fact.document.text("id", of: node)
        else { return nil }
        return EvidenceSubject(type: type, id: id)
    }

    // MARK: - The floor

    private func floor(_ fact: InboundFact, now: Int64) {
        let lot = fact.key
        let gate = gates[lot]
        if let failure = ExpectedFailure(fact),
            fact.type != "mes.stepStarted.v1"
                || gate.map({ !$0.isOpen && fact.at > $0.since })
                    ?? false
        {
            fail(fact, failure, now: now)
        }
        if gates[lot] == nil { moveGate(fact, lot, now: now) }
    }

    private func fail(_ fact: InboundFact, _ failure: ExpectedFailure, now: Int64) {
        if failure.holdsLot {
            hold(
                fact, EvidenceSubject(type: "lot", id: fact.key), id: nil, owner: "quality",
                rule: failure.rule, now: now,
                [("severity", .text(failure.severity)), ("rootCauseKey", .text(failure.root))])
        }
        signals.append(ExpectedSignal(.signal, failure, fact))
        if failure.proposesHold { signals.append(ExpectedSignal(.holdProposed, failure, fact)) }
    }

    // MARK: - Holds and the lot's gate

    func hold(
        _ fact: InboundFact, _ subject: EvidenceSubject, id given: String?, owner: String,
        rule: String, now: Int64, _ more: [(name: StaticString, value: ExpectedValue)]
    ) {
        let kind = OutboundKind.holdApplied
        let id = given ?? ExpectedOutput.id(kind.rawValue, fact, rule, subject)
        let held = holds[subject, default: []]
        // A holdId is spent for ever: known or released, it has no effect.
        if held.contains(where: { $0.id == id })
            || released.contains(HoldName(subject: subject, id: id))
        {
            return
        }
        holds[subject] = held + [Hold(id: id, owner: owner)]
        emit(
            ExpectedOutput(
                kind, subject: subject, rule: rule, cause: fact,
                [("holdId", .text(id)), ("owner", .text(owner))] + openHolds(of: subject) + more))
        if held.isEmpty, subject.type == "lot" { moveGate(fact, subject.id, now: now) }
    }

    private func listed(_ subject: EvidenceSubject) -> [String] {
        (holds[subject] ?? []).prefix(rules.listedHoldsMax).map(\.id)
    }

    private func openHolds(
        of subject: EvidenceSubject
    ) -> [(name: StaticString, value: ExpectedValue)] {
        [
            ("openHoldCount", .number(holds[subject]?.count ?? 0)),
            ("openHolds", .texts(listed(subject))),
        ]
    }

    private func moveGate(_ fact: InboundFact, _ lot: String, now: Int64) {
        let subject = EvidenceSubject(type: "lot", id: lot)
        let held = listed(subject)
        // Rows and events write whole milliseconds.
        gates[lot] = Gate(isOpen: held.isEmpty, since: now)
        emit(
            ExpectedOutput(
                .gateChanged, subject: subject, rule: "gate.lot", cause: fact,
                [
                    ("state", .text(held.isEmpty ? "open" : "closed")),
                    ("reasons", .reasons(held)), ("since", .instant(now)),
                ]))
    }

    private func release(_ fact: InboundFact, now: Int64) {
        guard let subject = subject(of: fact), let id = fact.text("holdId") else { return }
        let held = holds[subject] ?? []
        let hold = held.first { $0.id == id }
        guard let hold, hold.owner == fact.text("owner") else {
            let why =
                hold != nil
                ? "notOwner"
                : released.contains(HoldName(subject: subject, id: id))
                    ? "alreadyReleased" : "unknownHold"
            emit(
                ExpectedOutput(
                    .holdReleaseRefused, subject: subject, rule: "hold.released", cause: fact,
                    [("holdId", .text(id)), ("why", .text(why))]))
            return
        }
        holds[subject] = held.filter { $0.id != id }
        released.insert(HoldName(subject: subject, id: id))
        emit(
            ExpectedOutput(
                .holdReleased, subject: subject, rule: "hold.released", cause: fact,
                [
                    ("holdId", .text(id)), ("approver", .text(fact.text("approver") ?? "")),
                    ("subjectReleased", .flag(held.count == 1)),
                ] + openHolds(of: subject)))
        if held.count == 1, subject.type == "lot" { moveGate(fact, subject.id, now: now) }
    }

    private func disposition(_ fact: InboundFact) {
        let subject = EvidenceSubject(type: "lot", id: fact.key)
        let held = listed(subject)
        var members: [(name: StaticString, value: ExpectedValue)] = [
            ("lotId", .text(fact.key)), ("decision", .text(fact.text("decision") ?? "")),
            ("decidedBy", .text(fact.text("decidedBy") ?? "")),
        ]
        if !held.isEmpty { members.append(("blockers", .texts(held))) }
        emit(
            ExpectedOutput(
                held.isEmpty ? .dispositionRecorded : .dispositionRefused, subject: subject,
                rule: "disposition", cause: fact, members))
    }
}
