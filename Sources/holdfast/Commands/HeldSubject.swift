// A hold as a state row tells it (docs/decisions/0001-first-slice.md, State), and all of them.

import Contracts
import EventLog
import EventModel

/// An open hold, read from its row.
struct HeldSubject {
    let holdId: String
    let subject: Subject
    let reason: Reason
    let severity: String?
    let owner: String
    let cause: Cause
    /// When the worker applied it.
    let appliedAt: Instant
    /// The cause's time, as written.
    let time: String
    let rule: String
    let rootCauseKey: String?
    /// Place in the order of application on its subject.
    let order: Int64

    /// Nil when a member is missing or the hold is released.
    init?(_ row: JSONView) {
        guard row.text("state") == "open", let holdId = row.text("holdId"),
            let subject = row.member("subject"), let subjectType = subject.text("type"),
            let subjectID = subject.text("id"), let reason = row.member("reason"),
            let owner = row.text("owner"), let cause = row.member("cause"),
            let applied = row.text("appliedAt"), let appliedAt = Instant(rfc3339: applied)
        else { return nil }
        self.holdId = holdId
        self.subject = Subject(type: subjectType, id: subjectID)
        self.reason = Reason(code: reason.text("code") ?? "", text: reason.text("text") ?? "")
        self.owner = owner
        self.cause = Cause(
            source: cause.text("source") ?? "", id: cause.text("id") ?? "",
            type: cause.text("type") ?? "")
        self.appliedAt = appliedAt
        severity = row.text("severity")
        time = row.text("time") ?? ""
        rule = row.text("rule") ?? ""
        rootCauseKey = row.text("rootCauseKey")
        order = row.integer("order") ?? 0
    }

    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("appliedAt", appliedAt.text)
        json.name("cause")
        json.beginObject()
        json.member("id", cause.id)
        json.member("source", cause.source)
        json.member("type", cause.type)
        json.endObject()
        json.member("holdId", holdId)
        json.member("owner", owner)
        json.name("reason")
        json.beginObject()
        json.member("code", reason.code)
        json.member("text", reason.text)
        json.endObject()
        if let rootCauseKey { json.member("rootCauseKey", rootCauseKey) }
        json.member("rule", rule)
        if let severity { json.member("severity", severity) }
        json.name("subject")
        json.beginObject()
        json.member("id", subject.id)
        json.member("type", subject.type)
        json.endObject()
        json.member("time", time)
        json.endObject()
        return json.bytes
    }
}

/// Open holds by their row's key: the newest row of a key counts, a null removes it.
final class HoldTable {
    /// The newest version of rows that this binary reads.
    private static let versionMax: Int64 = 1

    private var parser: JSONParser
    private var rows: [String: HeldSubject] = [:]

    init(limits: Limits) { parser = JSONParser(limits: limits) }

    /// Takes a record of holdfast.state; rows of other kinds are passed over.
    func take(_ record: LogRecord) throws(CommandError) {
        guard let key = record.key?.text, let slash = key.firstIndex(of: "/"),
            key[key.index(after: slash)...].hasPrefix("hold/")
        else { return }
        guard let value = record.value else {
            rows[key] = nil
            return
        }
        let place =
            "\(record.topic.name)/\(record.partition.rawValue)@\(record.offset.rawValue)"
        guard let row = try? parser.parse(value), let version = row.integer("v"),
            row.text("state") != nil
        else { throw CommandError(.data, place, "the row of a hold cannot be read") }
        guard version <= Self.versionMax else {
            throw CommandError(
                .configuration, place, "a row of version \(version)",
                wayOut: "A newer worker wrote it: use a newer holdfast here, too")
        }
        guard row.text("state") == "open" else {
            rows[key] = nil
            return
        }
        guard let hold = HeldSubject(row) else {
            throw CommandError(.data, place, "the row of a hold lacks a member")
        }
        rows[key] = hold
    }

    /// Sorted by subject, then in the order of application.
    var holds: [HeldSubject] {
        rows.values.sorted {
            ($0.subject.type, $0.subject.id, $0.order, $0.holdId)
                < ($1.subject.type, $1.subject.id, $1.order, $1.holdId)
        }
    }
}
