// A hold that one task finds due and another one owns: equipment is held by the task of its id.

import EventModel

/// A record of kind `holdProposed` in holdfast.signals.
struct HoldProposal: Equatable, Sendable {
    var origin: Origin
    var owner: String
    var reason: Reason
    var rootCauseKey: String
    var rule: String
    var severity: Severity
    var subject: Subject

    var bytes: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.cause("cause", origin.cause)
        json.extensions(origin.extensions)
        json.member("kind", "holdProposed")
        json.member("owner", owner)
        json.reason(reason)
        json.member("rootCauseKey", rootCauseKey)
        json.member("rule", rule)
        json.member("severity", severity.rawValue)
        json.subject(subject)
        json.member("time", origin.time)
        return json.endRow()
    }
}

extension HoldProposal {
    init(row: RowReader) throws(StateRowError) {
        self.init(
            origin: try row.origin(), owner: try row.text("owner"), reason: try row.reason(),
            rootCauseKey: try row.text("rootCauseKey"), rule: try row.text("rule"),
            severity: try row.word("severity"), subject: try row.subject())
    }
}
