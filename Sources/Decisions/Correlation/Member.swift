// A member's row: what `explain` tells of a signal. Written once and never read back to decide.

import EventModel

/// A signal that joined a group, and what became of its alert.
struct Member {
    let group: Group
    /// Its place in the group, from 1.
    let number: Int
    let signal: Signal
    /// Nil when this member raised an alert; else the member whose alert stands for it.
    let suppressedBy: MemberName?
    /// Ids of the two events it gave: deviationRaised or -Updated, alertRaised or -Suppressed.
    let deviationEventId: String
    let alertEventId: String

    var row: RowChange {
        var json = JSONWriter()
        json.beginObject()
        json.member("alertEventId", alertEventId)
        json.member("alertId", group.alertId)
        json.cause("cause", signal.origin.cause)
        json.member("deviationEventId", deviationEventId)
        json.member("deviationId", group.deviationId)
        json.member("groupId", group.number)
        json.member("lotId", signal.lotId)
        json.member("number", Int64(number))
        json.member("rootCauseKey", group.rootCauseKey)
        json.member("rule", signal.rule)
        json.member("severity", signal.severity.rawValue)
        json.member("summary", signal.summary)
        json.member("suppressed", suppressedBy != nil)
        json.member("time", signal.origin.time)
        json.member("v", RowReader.version)
        if let leader = suppressedBy {
            json.name("why")
            json.beginObject()
            json.member("dimension", group.dimension.rawValue)
            json.name("leader")
            json.beginObject()
            json.member("id", leader.id)
            json.member("source", leader.source)
            json.endObject()
            json.member("rule", "group")
            json.endObject()
        }
        json.endObject()
        return RowChange(key: RowKey.member(group.number, number), value: json.bytes)
    }
}
