// One function for each thing that the narrator tells.

import EventLog
import EventModel

extension DemoNarrator {
    func tellHold(_ event: DemoEvent) {
        counts.holds += 1
        let subject = event.data.member("subject")
        let lot = event.subjectID
        let number = event.data.integer("openHoldCount") ?? 1
        let isLot = subject?.text("type") == "lot"
        let hold = DemoHold(
            holdId: event.text("holdId"), owner: event.text("owner"), number: counts.holds,
            hasClosedGate: isLot && number == 1)
        // One event may hold a lot and its equipment: the lot's hold is the one to ask for.
        if event.data.text("severity") != nil, isLot || holdsByCause[event.causeID] == nil {
            holdsByCause[event.causeID] = hold
        }
        if isLot { openHolds[lot, default: []].append(hold) }
        let why = event.data.member("reason")?.text("text") ?? "?"
        let isBypass = event.data.member("rule")?.text("id") == "hold.gateBypassed"
        if number == 1 || isBypass && bypassesTold < Self.bypassesToldMax {
            if isBypass { bypassesTold += 1 }
            let words = number == 1 ? "" : " held again"
            if event.data.text("severity") != nil { told.insert(event.causeID) }
            page.line(event.at, .hold, "\(subject?.text("type") ?? "?") \(lot)\(words): \(why)")
        } else {
            hour.furtherHolds += 1
        }
    }

    func tellRelease(_ event: DemoEvent) {
        counts.releases += 1
        let lot = event.subjectID
        openHolds[lot]?.removeAll { $0.holdId == event.data.text("holdId") }
        let left = Int(event.data.integer("openHoldCount") ?? 0)
        let state =
            left == 0
            ? "the lot is free" : "\(DemoCounts.some(left, "hold")) still open, so it stays held"
        page.line(
            event.at, .release,
            "lot \(lot): \(event.text("approver")) signed off one hold; \(state)")
    }

    func tellRefusedRelease(_ event: DemoEvent) {
        counts.refusedReleases += 1
        page.line(
            event.at, .refused,
            "release of \(event.text("holdId")) on lot \(event.subjectID): \(event.text("why"))")
    }

    func tellGate(_ event: DemoEvent) {
        let lot = event.subjectID
        if event.data.text("state") == "closed" {
            counts.gatesClosed += 1
            closedGates.insert(lot)
            page.line(event.at, .closed, "lot \(lot): closed, no step may start")
        } else if closedGates.remove(lot) != nil {
            // The first row of a lot is open too, and no news.
            counts.gatesOpened += 1
            page.line(event.at, .open, "lot \(lot): open again")
        }
    }

    func tellDisposition(_ event: DemoEvent, isRefused: Bool) {
        let lot = event.text("lotId")
        let decision = event.text("decision")
        guard isRefused else {
            counts.dispositions += 1
            page.line(
                event.at, .decided, "lot \(lot) is \(decision), by \(event.text("decidedBy"))")
            return
        }
        counts.dispositionsRefused += 1
        var blockers = 0
        event.data.member("blockers")?.forEachElement { _ in blockers += 1 }
        let holds = DemoCounts.some(blockers, "open hold")
        page.line(
            event.at, .refused,
            "lot \(lot) cannot be \(decision): \(holds) \(blockers == 1 ? "blocks" : "block") it")
    }

    /// The deviation of a told hold explains it; others are counted.
    func tellDeviation(_ event: DemoEvent, isNew: Bool) {
        counts.members += 1
        if isNew { counts.deviations += 1 }
        guard told.contains(event.causeID) else {
            if isNew { hour.deviations += 1 }
            return
        }
        let failures = DemoCounts.some(Int(event.data.integer("memberCount") ?? 1), "failure")
        let what = isNew ? "a new one" : failures + " in one deviation"
        page.line(
            event.at, .deviation,
            "\(Self.readable(event.subject)): \(what), \(event.text("severity"))")
    }

    func tellAlert(_ event: DemoEvent) {
        counts.alertsRaised += 1
        guard told.contains(event.causeID), alertsTold < Self.alertsToldMax else {
            hour.alerts += 1
            return
        }
        alertsTold += 1
        let isEscalation = event.data.member("escalates") != nil
        page.line(
            event.at, .alert,
            isEscalation
                ? "\(event.text("severity")): worse than before, so a new one breaks through"
                : event.text("summary"))
    }

    /// A flood is told as a count, once.
    func tellSuppression(_ event: DemoEvent) {
        counts.alertsSuppressed += 1
        hour.suppressed += 1
        let leader = event.data.member("leader")?.text("id") ?? ""
        suppressedByLeader[leader, default: 0] += 1
        let number = (suppressedByRootCause[event.subject] ?? 0) + 1
        suppressedByRootCause[event.subject] = number
        let rootCause = Self.readable(event.subject)
        if told.contains(event.causeID) {
            page.line(
                event.at, .quiet, "no new alert for \(rootCause): suppressed; the hold never is")
            return
        }
        guard number == 10, floodsTold < Self.floodsToldMax else { return }
        floodsTold += 1
        page.line(
            event.at, .quiet,
            "\(number) alerts suppressed so far for \(rootCause): one root cause")
    }

    func tellChange(_ event: DemoEvent) {
        counts.changes += 1
        page.line(
            event.at, .effective,
            "change \(event.text("changeId")) takes effect now, as approved by "
                + event.text("approvedBy"))
    }

    func tellDeadLetter(_ record: LogRecord) {
        counts.deadLetters += 1
        func header(_ name: StaticString) -> String {
            record.headers.first { $0.name.isSame(as: name) }?.value?.text ?? "?"
        }
        page.line(
            record.appendTime, .refused,
            "a record, kept whole in the dead letters: \(header("hf_reason")) "
                + "(\(header("hf_detail")))"
        )
    }

    func tellBatch(_ view: JSONView, at instant: Instant) {
        guard let batch = view.member("counts") else { return }
        func count(_ name: StaticString) -> Int { Int(batch.integer(name) ?? 0) }
        counts.records +=
            count("accepted") + count("duplicates") + count("refused") - count("signals")
        guard count("duplicates") > 0 else { return }
        counts.duplicates += count("duplicates")
        page.line(
            instant, .duplicate,
            DemoCounts.some(count("duplicates"), "record")
                + " dropped: same source and id as before"
        )
    }

    /// `rootCause/equipment/reactor/parameter/T1` for people: `reactor, T1`.
    static func readable(_ subject: String) -> String {
        let parts = subject.split(separator: "/").dropFirst()
        if parts.first == "equipment", parts.count == 4 {
            let words = Array(parts)
            return "\(words[1]), \(words[2]) \(words[3])"
        }
        return parts.joined(separator: " ")
    }
}
