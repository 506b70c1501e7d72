// Signals become members of groups: each gives one deviation event and one alert event. Correlation
// silences alerts only; it never drops a hold, a member or a count (invariant 5).

import Digests
package import EventModel

extension TaskState {
    /// Decides one record of holdfast.signals.
    ///
    /// - Parameters:
    ///   - signal: the record's value.
    ///   - offset: of the record; it names the group that the signal may open.
    ///   - appendTime: by which groups close.
    /// - Throws: `StateRowError` when the record is a newer worker's or none of ours.
    package mutating func apply(
        signal: JSONView, offset: Offset, appendTime: Instant, now: Instant,
        into effects: inout Effects
    ) throws(StateRowError) {
        let row = try RowReader(key: "\(Topic.signals.name)@\(offset.rawValue)", row: signal)
        switch try row.text("kind") {
        case "signal":
            let signal = try Signal(row: row)
            guard let time = Instant(rfc3339: signal.origin.time) else { throw row.broken("time") }
            effects.beginRecord()
            correlate(
                signal, time: time, offset: offset, appendTime: appendTime, into: &effects)
        case "holdProposed":
            let proposal = try HoldProposal(row: row)
            effects.beginRecord()
            apply(
                hold: Hold(proposal), origin: proposal.origin, now: now, into: &effects)
            settleKnownGate(
                of: proposal.subject, origin: proposal.origin, now: now, into: &effects)
        default:
            throw row.broken("kind")
        }
    }

    /// No later than the earliest instant for which `expireGroups` would remove something; at it
    /// there may be nothing to remove yet, and the next answer is then later.
    package var nextExpiry: Instant? {
        groups.nextExpiry.map { Instant(rawValue: $0.rawValue + 1) }
    }

    /// The earliest instant at which something is due without a record: a timer or an expiry.
    /// Asked with every poll, hence mutating, in form only (see `hasTimer`).
    package mutating func nextDue() -> Instant? {
        let expiry = groups.nextExpiry.map { Instant(rawValue: $0.rawValue + 1) }
        guard let timer = timers.nextDue else { return expiry }
        return expiry.map { min(timer, $0) } ?? timer
    }

    /// Removes what is kept of groups that no signal can join any more.
    ///
    /// - Parameter timersTo: the instant up to which the signals partition was read (rule 7).
    package mutating func expireGroups(timersTo: Instant, into effects: inout Effects) {
        effects.beginRecord()
        let removed = groups.removeExpired(before: timersTo, policy.correlation)
        for (group, lots) in removed {
            effects.remove(key: RowKey.group(group.rootCauseKey, group.number))
            for number in 1...group.memberCount {
                effects.remove(key: RowKey.member(group.number, number))
            }
            for lot in lots { effects.remove(key: RowKey.affected(group.number, lot)) }
        }
    }

    private mutating func correlate(
        _ signal: Signal, time: Instant, offset: Offset, appendTime: Instant,
        into effects: inout Effects
    ) {
        let found = groups.find(
            signal.rootCauseKey, time: time, appendTime: appendTime, policy.correlation,
            into: &effects)
        let before = found?.severity
        let escalated = before.map { signal.severity > $0 } ?? false
        let isSuppressed = found != nil && !escalated
        let ids = EventIDs(of: signal, isNew: found == nil, isSuppressed: isSuppressed)
        var group =
            found ?? Group(opening: signal, ids, time: time, number: offset.rawValue)
        let leader = group.leader
        let previousAlert = group.alertId
        group.memberCount += found == nil ? 0 : 1
        group.first = min(group.first, time)
        group.last = max(group.last, time)
        group.lastAppend = appendTime
        if escalated { group.escalate(by: signal, ids) }
        groups.put(group, policy.correlation)
        effects.put(group.row)
        if groups.addAffected(signal.lotId, to: group.number) {
            effects.put(Self.affectedRow(signal.lotId, of: group))
        }
        let member = Member(
            group: group, number: group.memberCount, signal: signal,
            suppressedBy: isSuppressed ? leader : nil, deviationEventId: ids.deviation,
            alertEventId: ids.alert)
        effects.put(member.row)
        emitDeviation(signal, group, id: ids.deviation, isNew: found == nil, into: &effects)
        if isSuppressed {
            emit(
                .alertSuppressedV1, id: ids.alert, signal,
                group.suppression(gapSeconds: policy.correlation.gapSeconds), into: &effects)
        } else {
            let alert = Payload.alertRaised(
                alertId: group.alertId, deviationId: group.deviationId,
                severity: signal.severity, summary: signal.summary,
                escalates: escalated ? previousAlert : nil)
            emit(.alertRaisedV1, id: ids.alert, signal, alert, into: &effects)
        }
    }

    private func emitDeviation(
        _ signal: Signal, _ group: Group, id: String, isNew: Bool, into effects: inout Effects
    ) {
        if isNew {
            let raised = Payload.deviationRaised(
                deviationId: group.deviationId, rootCauseKey: group.rootCauseKey,
                dimension: group.dimension.rawValue, severity: group.severity,
                references: signal.references, evidence: signal.evidence)
            emit(.deviationRaisedV1, id: id, signal, raised, into: &effects)
        } else {
            let updated = Payload.deviationUpdated(
                deviationId: group.deviationId, member: signal.member,
                memberCount: group.memberCount, severity: group.severity,
                affectedLots: groups.affectedCount(group.number))
            emit(.deviationUpdatedV1, id: id, signal, updated, into: &effects)
        }
    }

    private func emit(
        _ type: EventType, id: String, _ signal: Signal, _ payload: Payload,
        into effects: inout Effects
    ) {
        effects.emit(
            type, id: id, signal.origin, rule: "group", subject: signal.subject,
            key: signal.rootCauseKey, payload)
    }

    static func affectedRow(_ lot: String, of group: Group) -> RowChange {
        affectedRow(lot, of: group.number)
    }

    /// That a group has a member of this lot.
    static func affectedRow(_ lot: String, of number: Int64) -> RowChange {
        var json = JSONWriter()
        json.beginObject()
        json.member("groupId", number)
        json.member("lotId", lot)
        return RowChange(key: RowKey.affected(number, lot), value: json.endRow())
    }
}

/// The ids of the two events that a signal gives (design rule 4).
private struct EventIDs {
    /// Of deviationRaised or deviationUpdated.
    let deviation: String
    /// Of alertRaised or alertSuppressed.
    let alert: String

    init(of signal: Signal, isNew: Bool, isSuppressed: Bool) {
        deviation = signal.id(isNew ? .deviationRaisedV1 : .deviationUpdatedV1)
        alert = signal.id(isSuppressed ? .alertSuppressedV1 : .alertRaisedV1)
    }
}

extension Signal {
    fileprivate var subject: Subject { Subject(type: "rootCause", id: rootCauseKey) }

    fileprivate var member: MemberName {
        MemberName(source: origin.cause.source, id: origin.cause.id)
    }

    fileprivate func id(_ type: EventType) -> String {
        eventID(type: type, cause: origin.cause, rule: "group", subject: subject)
    }
}

extension Group {
    /// A group of this one signal; the caller sets its append time.
    fileprivate init(opening signal: Signal, _ ids: EventIDs, time: Instant, number: Int64) {
        self.init(
            number: number, rootCauseKey: signal.rootCauseKey, dimension: signal.dimension,
            deviationId: ids.deviation, alertId: ids.alert,
            leader: signal.member, severity: signal.severity, memberCount: 1, first: time,
            last: time, lastAppend: time)
    }

    /// A member graver than every earlier one breaks through with an alert of its own.
    fileprivate mutating func escalate(by signal: Signal, _ ids: EventIDs) {
        severity = signal.severity
        alertId = ids.alert
        leader = signal.member
    }

    fileprivate func suppression(gapSeconds: Int64) -> Payload {
        .alertSuppressed(
            alertId: alertId, deviationId: deviationId, leader: leader, rule: "group",
            dimension: dimension.rawValue, windowFrom: first, windowTo: last,
            gapSeconds: gapSeconds, memberCount: memberCount)
    }
}
