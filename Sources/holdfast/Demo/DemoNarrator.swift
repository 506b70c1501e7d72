// Turns what Holdfast writes into lines that a person can follow. A flood has hundreds of minor
// deviations; who watches wants the story of what was held and why. So the first hold of a lot is
// told in full with what explains it, and the rest is counted, one line an hour.

import Contracts
import EventLog
import EventModel

/// Tells the demo's story from the outbound topics alone, as any consumer could.
final class DemoNarrator {
    static let topics: [Topic] = [
        .holds, .gates, .deviations, .alerts, .changes, .deadLetters, .audit,
    ]

    let page: DemoPage
    private var parser = JSONParser(limits: Limits().forOwnRecords)
    var counts = DemoCounts()
    /// What the current hour had that was not told.
    var hour = DemoHour()
    /// Open holds by lot, in order of application.
    var openHolds: [String: [DemoHold]] = [:]
    /// Lots with a closed gate.
    var closedGates: Set<String> = []
    /// Holds by the id of the event that caused them, and how many alerts that event's own
    /// silenced.
    var holdsByCause: [String: DemoHold] = [:]
    var suppressedByLeader: [String: Int] = [:]
    /// Alerts told in full; those after them are the same story again and are counted.
    static let alertsToldMax = 4
    static let bypassesToldMax = 2
    static let floodsToldMax = 5
    /// The events whose hold was told: the deviation that explains it is told too.
    var told: Set<String> = []
    var alertsTold = 0
    var bypassesTold = 0
    var floodsTold = 0
    /// Suppressed alerts by root cause.
    var suppressedByRootCause: [String: Int] = [:]

    init(page: DemoPage) { self.page = page }

    /// Tells of one committed record.
    func tell(_ record: LogRecord) {
        guard record.topic != .deadLetters else {
            tellDeadLetter(record)
            return
        }
        guard let value = record.value, let view = try? parser.parse(value) else { return }
        if record.topic == .audit {
            tellBatch(view, at: record.appendTime)
            return
        }
        guard let type = view.text("type"), let data = view.member("data") else { return }
        let event = DemoEvent(
            at: view.text("time").flatMap { Instant(rfc3339: $0) } ?? record.appendTime,
            subject: view.text("subject") ?? "", data: data)
        switch type {
        case "holdfast.holdApplied.v1": tellHold(event)
        case "holdfast.holdReleased.v1": tellRelease(event)
        case "holdfast.holdReleaseRefused.v1": tellRefusedRelease(event)
        case "holdfast.gateChanged.v1": tellGate(event)
        case "holdfast.dispositionRefused.v1", "holdfast.dispositionRecorded.v1":
            tellDisposition(event, isRefused: type == "holdfast.dispositionRefused.v1")
        case "holdfast.deviationRaised.v1": tellDeviation(event, isNew: true)
        case "holdfast.deviationUpdated.v1": tellDeviation(event, isNew: false)
        case "holdfast.alertRaised.v1": tellAlert(event)
        case "holdfast.alertSuppressed.v1": tellSuppression(event)
        case "holdfast.changeEffective.v1": tellChange(event)
        default: break
        }
    }

    /// Something that the demo itself does.
    func announce(_ text: String, at instant: Instant) { page.line(instant, .action, text) }

    /// The hour is over: what was not told, as counts.
    func closeHour(_ number: Int64, at instant: Instant) {
        if let text = hour.text { page.line(instant, .hour, "hour \(number): \(text)") }
        hour = DemoHour()
    }

    /// A hold whose story is worth asking for: one caused by an event that closed a gate and whose
    /// alert silenced others; of those the one that silenced most, then the first.
    var richestHold: DemoHold? {
        func rank(_ cause: String, _ hold: DemoHold) -> (Int, Int, Int) {
            let silenced = suppressedByLeader[cause] ?? 0
            // Eight make the point; more only make the story long.
            return (hold.hasClosedGate && silenced > 0 ? 1 : 0, min(silenced, 8), -hold.number)
        }
        return holdsByCause.max { rank($0.key, $0.value) < rank($1.key, $1.value) }?.value
    }
}

/// A hold that was told.
struct DemoHold: Equatable {
    let holdId: String
    let owner: String
    /// Counts the holds of the demo from 1.
    let number: Int
    /// It was the lot's first.
    let hasClosedGate: Bool
}

/// What all outbound events have, as the narrator needs it. Valid during one call.
struct DemoEvent {
    let at: Instant
    let subject: String
    let data: JSONView

    func text(_ name: StaticString) -> String { data.text(name) ?? "?" }

    var subjectID: String { data.member("subject")?.text("id") ?? "?" }
    var causeID: String { data.member("cause")?.text("id") ?? "?" }
}
