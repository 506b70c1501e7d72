// A group: the failures that one root cause explains, near enough in time. Its members are rows of
// their own and are not kept in memory; what decides about the next one is.

import EventModel

/// A deviation and its members so far (design rule 7).
struct Group: Equatable, Sendable {
    /// The offset, in holdfast.signals, of the signal that opened it: unique in its task, and older
    /// groups have smaller ones.
    var number: Int64
    var rootCauseKey: String
    var dimension: Dimension
    var deviationId: String
    /// The current alert, and the member that raised it.
    var alertId: String
    var leader: MemberName
    /// The greatest of all members.
    var severity: Severity
    var memberCount: Int
    /// The least and the greatest event time of its members.
    var first: Instant
    var last: Instant
    /// Append time of the signal that came last, in order of arrival.
    var lastAppend: Instant
    /// A later signal has found it closed. Kept because it never reopens, even if the log's clock
    /// steps back.
    var isClosed = false

    /// The instant after which nothing can join it and it may be forgotten.
    func expiry(_ policy: Policy.Correlation) -> Instant {
        lastAppend.advanced(seconds: policy.groupRetentionSeconds)
    }

    /// Whether a member of that event time fits within gap, span and number.
    func admits(_ time: Instant, _ policy: Policy.Correlation) -> Bool {
        let span = max(last, time).rawValue - min(first, time).rawValue
        return memberCount < policy.membersMax
            && time >= first.advanced(seconds: -policy.gapSeconds)
            && time <= last.advanced(seconds: policy.gapSeconds)
            && span <= policy.spanSeconds * 1_000_000
    }

    var row: RowChange {
        var json = JSONWriter()
        json.beginObject()
        json.member("alertId", alertId)
        json.member("closed", isClosed)
        json.member("deviationId", deviationId)
        json.member("dimension", dimension.rawValue)
        json.instant("first", first)
        json.member("groupId", number)
        json.instant("last", last)
        json.instant("lastAppend", lastAppend)
        json.name("leader")
        json.beginObject()
        json.member("id", leader.id)
        json.member("source", leader.source)
        json.endObject()
        json.member("memberCount", Int64(memberCount))
        json.member("rootCauseKey", rootCauseKey)
        json.member("severity", severity.rawValue)
        return RowChange(key: RowKey.group(rootCauseKey, number), value: json.endRow())
    }
}

extension Group {
    init(row: RowReader) throws(StateRowError) {
        let part = try row.object("leader")
        self.init(
            number: try row.integer("groupId"), rootCauseKey: try row.text("rootCauseKey"),
            dimension: try row.word("dimension"), deviationId: try row.text("deviationId"),
            alertId: try row.text("alertId"),
            leader: MemberName(source: try part.text("source"), id: try part.text("id")),
            severity: try row.word("severity"), memberCount: Int(try row.integer("memberCount")),
            first: try row.instant("first"), last: try row.instant("last"),
            lastAppend: try row.instant("lastAppend"), isClosed: try row.boolean("closed"))
        // The end of a group counts up to it.
        guard (1...Limits.groupMembersMax).contains(memberCount) else {
            throw row.broken("memberCount")
        }
    }
}
