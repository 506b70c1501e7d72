// That a change has become effective: what makes a later cancellation too late.

import EventModel

/// A change that is in force. The last approval that became effective stands.
struct EffectiveChange: Equatable, Sendable {
    var changeId: String
    /// As written in the approval.
    var effectiveFrom: String
    /// The approval.
    var cause: Cause
    /// `now` of the batch in which it became effective.
    var at: Instant

    var row: RowChange {
        var json = JSONWriter()
        json.beginObject()
        json.instant("at", at)
        json.cause("cause", cause)
        json.member("changeId", changeId)
        json.member("effectiveFrom", effectiveFrom)
        return RowChange(key: RowKey.change(changeId), value: json.endRow())
    }
}

extension EffectiveChange {
    init(row: RowReader) throws(StateRowError) {
        changeId = try row.text("changeId")
        effectiveFrom = try row.text("effectiveFrom")
        cause = try row.cause("cause")
        at = try row.instant("at")
    }
}
