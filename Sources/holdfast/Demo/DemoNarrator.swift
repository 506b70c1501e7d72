// Turns what Holdfast writes into lines that a person can follow: what happened, to what, and why.

import Contracts
import EventLog
import EventModel

/// Tells the demo's story from the outbound topics alone, as any consumer could.
final class DemoNarrator {
    /// What the summary counts.
    struct Counts {
        var holds = 0
        var releases = 0
        var refusedReleases = 0
        var gatesClosed = 0
        var gatesOpened = 0
        var deviations = 0
        var members = 0
        var alertsRaised = 0
        var alertsSuppressed = 0
        var changes = 0
        var dispositionsRefused = 0
        var dispositions = 0
        var deadLetters = 0
        var duplicates = 0
        var records = 0
    }

    static let topics: [Topic] = [
        .holds, .gates, .deviations, .alerts, .changes, .deadLetters, .audit,
    ]

    private let terminal: Terminal
    private let clock: DemoClock
    private var parser = JSONParser(limits: Limits().forOwnRecords)
    private(set) var counts = Counts()
    /// Open holds by lot, in order of application.
    private(set) var openHolds: [String: [(holdId: String, owner: String)]] = [:]
    private(set) var suppressed: [String: Int] = [:]
    private(set) var firstHoldId: String?
    private(set) var suppressedAlertId: String?
    private var gateRows: Set<String> = []

    init(terminal: Terminal, clock: DemoClock) {
        self.terminal = terminal
        self.clock = clock
    }

    /// Tells of one committed record.
    func tell(_ record: LogRecord) {
        guard record.topic != .deadLetters else {
            tellDeadLetter(record)
            return
        }
        guard let value = record.value, let view = try? parser.parse(value) else { return }
        if record.topic == .audit {
            tellBatch(view)
            return
        }
        guard let type = view.text("type"), let data = view.member("data") else { return }
        switch type {
        case "holdfast.holdApplied.v1": tellHold(data)
        case "holdfast.holdReleased.v1": tellRelease(data)
        case "holdfast.holdReleaseRefused.v1":
            counts.refusedReleases += 1
            line("REFUSED", .yellow, "release of \(data.text("holdId") ?? ""): \(data.text("why") ?? "")")
        case "holdfast.gateChanged.v1": tellGate(data)
        case "holdfast.dispositionRefused.v1":
            counts.dispositionsRefused += 1
            line(
                "REFUSED", .yellow,
                "lot \(data.text("lotId") ?? "") cannot be \(data.text("decision") ?? ""): "
                    + "\(data.member("blockers").map { count(of: $0) } ?? 0) open holds block it")
        case "holdfast.dispositionRecorded.v1":
            counts.dispositions += 1
            line("DECIDED", .green, "lot \(data.text("lotId") ?? "") is \(data.text("decision") ?? "")")
        case "holdfast.deviationRaised.v1":
            counts.deviations += 1
            counts.members += 1
            line(
                "DEVIATION", .cyan,
                "\(readable(data.text("rootCauseKey") ?? "")): one record for one root cause, "
                    + "\(data.text("severity") ?? "")")
        case "holdfast.deviationUpdated.v1": counts.members += 1
        case "holdfast.alertRaised.v1": tellAlert(data)
        case "holdfast.alertSuppressed.v1": tellSuppression(view, data)
        case "holdfast.changeEffective.v1":
            counts.changes += 1
            line("EFFECTIVE", .green, "change \(data.text("changeId") ?? "") is effective now, "
                + "at \(data.text("effectiveFrom") ?? "")")
        default: break
        }
    }

    private func tellHold(_ data: JSONView) {
        counts.holds += 1
        let subject = data.member("subject")
        let id = subject?.text("id") ?? ""
        let holdId = data.text("holdId") ?? ""
        if firstHoldId == nil { firstHoldId = holdId }
        if subject?.text("type") == "lot" {
            openHolds[id, default: []].append((holdId, data.text("owner") ?? ""))
        }
        line(
            "HOLD", .red,
            "\(subject?.text("type") ?? "") \(id): \(data.member("reason")?.text("text") ?? "")")
    }

    private func tellRelease(_ data: JSONView) {
        counts.releases += 1
        let id = data.member("subject")?.text("id") ?? ""
        let holdId = data.text("holdId") ?? ""
        openHolds[id]?.removeAll { $0.holdId == holdId }
        let left = data.integer("openHoldCount") ?? 0
        line(
            "RELEASE", .green,
            "lot \(id): \(data.text("approver") ?? "") released \(String(holdId.prefix(8))), "
                + (left == 0 ? "the lot is free" : "\(left) holds are still open"))
    }

    private func tellGate(_ data: JSONView) {
        let id = data.member("subject")?.text("id") ?? ""
        if data.text("state") == "closed" {
            counts.gatesClosed += 1
            gateRows.insert(id)
            line("GATE", .red, "lot \(id): CLOSED, no step may start")
        } else if !gateRows.insert(id).inserted {
            counts.gatesOpened += 1
            line("GATE", .green, "lot \(id): open again")
        }
    }

    private func tellAlert(_ data: JSONView) {
        counts.alertsRaised += 1
        let isEscalation = data.member("escalates") != nil
        line(
            "ALERT", .yellow,
            (isEscalation ? "more severe than before, so a new alert: " : "")
                + (data.text("summary") ?? ""))
    }

    private func tellSuppression(_ view: JSONView, _ data: JSONView) {
        counts.alertsSuppressed += 1
        if suppressedAlertId == nil { suppressedAlertId = view.text("id") }
        let subject = view.text("subject") ?? ""
        let number = suppressed[subject, default: 0] + 1
        suppressed[subject] = number
        // The first, then ever more rarely: a flood is told as a count.
        guard number == 1 || number % 10 == 0 else { return }
        let members = data.member("why")?.integer("memberCount") ?? 0
        line(
            "quiet", .dim,
            "\(number) \(number == 1 ? "alert" : "alerts") suppressed for "
                + "\(readable(String(subject.drop { $0 != "/" }.dropFirst()))): same root cause, "
                + "\(members) members")
    }

    private func tellDeadLetter(_ record: LogRecord) {
        counts.deadLetters += 1
        var reason = ""
        var detail = ""
        for header in record.headers {
            if header.name.isSame(as: "hf_reason") { reason = header.value?.text ?? "" }
            if header.name.isSame(as: "hf_detail") { detail = header.value?.text ?? "" }
        }
        line("REFUSED", .yellow, "a record goes to the dead letters, whole: \(reason) (\(detail))")
    }

    private func tellBatch(_ view: JSONView) {
        guard let batch = view.member("counts") else { return }
        counts.records += Int(
            (batch.integer("accepted") ?? 0) + (batch.integer("duplicates") ?? 0)
                + (batch.integer("refused") ?? 0) - (batch.integer("signals") ?? 0))
        let duplicates = Int(batch.integer("duplicates") ?? 0)
        if duplicates > 0 {
            counts.duplicates += duplicates
            line(
                "DUPLICATE", .dim,
                "\(duplicates) \(duplicates == 1 ? "record" : "records") dropped: seen before")
        }
    }

    /// Something that the demo itself does.
    func announce(_ text: String) { line("->", .bold, text) }

    private func line(_ word: String, _ style: Terminal.Style, _ text: String) {
        let time = terminal.styled(clock.label(clock.now), .dim)
        let tag = terminal.styled(HelpText.padded(word, 10), style)
        terminal.line("\(time)  \(tag) \(Terminal.visible(text))")
    }

    private func readable(_ key: String) -> String {
        key.split(separator: "/").joined(separator: " ")
    }

    private func count(of view: JSONView) -> Int {
        var number = 0
        view.forEachElement { _ in number += 1 }
        return number
    }
}
