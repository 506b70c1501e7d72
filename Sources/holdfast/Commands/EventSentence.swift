// One sentence for each thing Holdfast says, so that `tail` and `explain` read like a story. What
// is not ours, or newer than this binary, is told by its type and subject alone.

import EventModel

/// Sentences for people.
enum EventSentence {
    /// What an event (structured CloudEvents) says; nil when the value is no event.
    static func of(event: JSONView) -> String? {
        guard let type = event.text("type"), event.string("specversion") != nil else { return nil }
        guard let data = event.member("data"), let sentence = outbound(type, data) else {
            let subject = event.text("subject").map { " about \($0)" } ?? ""
            return type + subject
        }
        return sentence
    }

    /// What a record of ours that is no event says: a signal, a batch record.
    static func of(internalRecord record: JSONView) -> String? {
        if let kind = record.text("kind") {
            let summary = record.text("summary") ?? record.text("rootCauseKey") ?? ""
            return "\(kind): \(summary)"
        }
        guard let sequence = record.integer("sequence"), let task = record.integer("task") else {
            return nil
        }
        let counts = record.member("counts")
        return "batch \(sequence) of task \(task): \(counts?.integer("accepted") ?? 0) accepted, "
            + "\(counts?.integer("duplicates") ?? 0) duplicates, "
            + "\(counts?.integer("refused") ?? 0) refused, "
            + "\(counts?.integer("outbound") ?? 0) sent"
    }

    private static func outbound(_ type: String, _ data: JSONView) -> String? {
        let subject = subject(data)
        switch type {
        case "holdfast.holdApplied.v1":
            let severity = data.text("severity").map { "\($0), " } ?? ""
            return "\(subject) held: \(reason(data)) (\(severity)owner \(text(data, "owner")); "
                + "\(open(data)) now)"
        case "holdfast.holdReleased.v1":
            let state =
                data.boolean("subjectReleased") == true ? "it is free" : "\(open(data)) remain"
            return "hold \(text(data, "holdId")) on \(subject) released by "
                + "\(text(data, "approver")); \(state)"
        case "holdfast.holdReleaseRefused.v1":
            return "release of \(text(data, "holdId")) on \(subject) refused: \(text(data, "why"))"
        case "holdfast.dispositionRecorded.v1":
            return "lot/\(text(data, "lotId")) \(text(data, "decision")) by "
                + text(data, "decidedBy")
        case "holdfast.dispositionRefused.v1":
            return "disposition of lot/\(text(data, "lotId")) refused: it is under hold"
        case "holdfast.gateChanged.v1":
            return "gate of \(subject) is \(text(data, "state"))\(gateReasons(data))"
        case "holdfast.changeEffective.v1":
            return "change \(text(data, "changeId")) is effective from "
                + text(data, "effectiveFrom")
        case "holdfast.changeRefused.v1":
            return "change \(text(data, "changeId")) refused: \(text(data, "why"))"
        case "holdfast.documentEffective.v1":
            return "document \(text(data, "documentId")) \(text(data, "version")) is effective"
        case "holdfast.documentRetired.v1":
            return "document \(text(data, "documentId")) \(text(data, "version")) is retired"
        default: return correlation(type, data)
        }
    }

    private static func correlation(_ type: String, _ data: JSONView) -> String? {
        switch type {
        case "holdfast.deviationRaised.v1":
            return "deviation \(text(data, "deviationId")) raised (\(text(data, "severity"))) for "
                + text(data, "rootCauseKey")
        case "holdfast.deviationUpdated.v1":
            let lots = data.integer("affectedLots") ?? 0
            return "deviation \(text(data, "deviationId")) now has "
                + "\(data.integer("memberCount") ?? 0) members in "
                + (lots == 1 ? "1 lot" : "\(lots) lots")
        case "holdfast.alertRaised.v1":
            let escalates = data.text("escalates").map { "; breaks through \($0)" } ?? ""
            return "alert \(text(data, "alertId")) (\(text(data, "severity"))): "
                + "\(text(data, "summary"))\(escalates)"
        case "holdfast.alertSuppressed.v1":
            let why = data.member("why")
            let window = why?.member("window")
            return "alert suppressed: same \(why?.text("dimension") ?? "cause") as "
                + "\(data.member("leader")?.text("id") ?? "?") within "
                + "\(window?.text("from") ?? "?") .. \(window?.text("to") ?? "?"), member "
                + "\(why?.integer("memberCount") ?? 0), rule \(why?.text("rule") ?? "?")"
        default: return nil
        }
    }

    private static func text(_ data: JSONView, _ name: StaticString) -> String {
        data.text(name) ?? "?"
    }

    private static func subject(_ data: JSONView) -> String {
        guard let subject = data.member("subject") else { return "?" }
        return "\(subject.text("type") ?? "?")/\(subject.text("id") ?? "?")"
    }

    private static func reason(_ data: JSONView) -> String {
        data.member("reason")?.text("text") ?? "?"
    }

    private static func open(_ data: JSONView) -> String {
        let count = data.integer("openHoldCount") ?? 0
        return count == 1 ? "1 hold" : "\(count) holds"
    }

    private static func gateReasons(_ data: JSONView) -> String {
        var texts: [String] = []
        data.member("reasons")?.forEachElement { element in
            if let text = element.text("text") { texts.append(text) }
        }
        guard let first = texts.first else { return "" }
        return texts.count == 1 ? ": \(first)" : ": \(first) (and \(texts.count - 1) more)"
    }
}
