// One hold, open or released. Released ones are kept: a holdId is spent for ever, and `holds` and
// `explain` tell from the row alone what was held, since when, why and by which cause.

import EventModel

/// A hold on a subject.
struct Hold: Equatable, Sendable {
    /// How it was lifted.
    struct Release: Equatable, Sendable {
        var approver: String
        /// `now` of the batch.
        var at: Instant
        var cause: Cause
    }

    var holdId: String
    var subject: Subject
    var reason: Reason
    /// Nil for a requested hold.
    var severity: Severity?
    var owner: String
    var rootCauseKey: String?
    var rule: String
    var cause: Cause
    /// The cause's time, as written.
    var time: String
    /// The id of its holdApplied event.
    var eventId: String
    /// `now` of the batch that applied it.
    var appliedAt = Instant(rawValue: 0)
    /// Place in the order of application on its subject, from 1.
    var order: Int64 = 0
    var release: Release?

    var row: RowChange {
        var json = JSONWriter()
        json.beginObject()
        json.instant("appliedAt", appliedAt)
        json.cause("cause", cause)
        json.member("eventId", eventId)
        json.member("holdId", holdId)
        json.member("order", order)
        json.member("owner", owner)
        json.reason(reason)
        if let release {
            json.name("release")
            json.beginObject()
            json.member("approver", release.approver)
            json.instant("at", release.at)
            json.cause("cause", release.cause)
            json.endObject()
        }
        json.optional("rootCauseKey", rootCauseKey)
        json.member("rule", rule)
        json.optional("severity", severity?.rawValue)
        json.member("state", release == nil ? "open" : "released")
        json.subject(subject)
        json.member("time", time)
        return RowChange(key: RowKey.hold(subject, holdId), value: json.endRow())
    }
}

extension Hold {
    init(row: RowReader) throws(StateRowError) {
        self.init(
            holdId: try row.text("holdId"), subject: try row.subject(),
            reason: try row.reason(), severity: try row.optionalWord("severity"),
            owner: try row.text("owner"), rootCauseKey: try row.optionalText("rootCauseKey"),
            rule: try row.text("rule"), cause: try row.cause("cause"), time: try row.text("time"),
            eventId: try row.text("eventId"))
        appliedAt = try row.instant("appliedAt")
        order = try row.integer("order")
        // The next hold of the subject comes after it.
        guard (0...(.max / 2)).contains(order) else { throw row.broken("order") }
        if let part = try row.optionalObject("release") {
            release = Release(
                approver: try part.text("approver"), at: try part.instant("at"),
                cause: try part.cause("cause"))
        }
        guard try row.text("state") == (release == nil ? "open" : "released") else {
            throw row.broken("state")
        }
    }
}
