// The data of each outbound type, members in the catalogue's order, absent ones left out. These are
// frozen: a change of what stands here is a new version of its type.

import EventModel

extension OutboundEncoder {
    static func write(_ payload: Payload, to writer: inout JSONWriter) {
        switch payload {
        case .holdApplied, .holdReleased, .holdReleaseRefused, .dispositionRecorded,
            .dispositionRefused:
            writeHold(payload, to: &writer)
        case .deviationRaised, .deviationUpdated, .alertRaised, .alertSuppressed:
            writeGroup(payload, to: &writer)
        case .changeEffective, .changeRefused, .documentEffective, .documentRetired:
            writeChange(payload, to: &writer)
        case .gateChanged(let subject, let isOpen, let reasons, let since):
            writer.subject(subject)
            writer.member("state", isOpen ? "open" : "closed")
            writer.name("reasons")
            writer.beginArray()
            for entry in reasons {
                writer.beginObject()
                writer.member("code", entry.reason.code)
                writer.member("text", entry.reason.text)
                writer.member("holdId", entry.holdId)
                writer.endObject()
            }
            writer.endArray()
            writer.member("since", since.text)
        }
    }

    private static func writeHold(_ payload: Payload, to writer: inout JSONWriter) {
        switch payload {
        case .holdApplied(
            let holdId, let subject, let reason, let severity, let owner, let rootCauseKey,
            let openHoldCount, let openHolds):
            writer.member("holdId", holdId)
            writer.subject(subject)
            writer.name("reason")
            writer.beginObject()
            writer.member("code", reason.code)
            writer.member("text", reason.text)
            writer.endObject()
            writer.member("severity", ifPresent: severity?.rawValue)
            writer.member("owner", owner)
            writer.member("rootCauseKey", ifPresent: rootCauseKey)
            writer.member("openHoldCount", Int64(openHoldCount))
            writer.member("openHolds", openHolds)
        case .holdReleased(
            let holdId, let subject, let approver, let openHoldCount, let openHolds,
            let subjectReleased):
            writer.member("holdId", holdId)
            writer.subject(subject)
            writer.member("approver", approver)
            writer.member("openHoldCount", Int64(openHoldCount))
            writer.member("openHolds", openHolds)
            writer.member("subjectReleased", subjectReleased)
        case .holdReleaseRefused(let holdId, let subject, let why):
            writer.member("holdId", holdId)
            writer.subject(subject)
            writer.member("why", why)
        case .dispositionRecorded(let lotId, let decision, let decidedBy):
            writer.disposition(lotId, decision, decidedBy)
        case .dispositionRefused(let lotId, let decision, let decidedBy, let blockers):
            writer.disposition(lotId, decision, decidedBy)
            writer.member("blockers", blockers)
        case .deviationRaised, .deviationUpdated, .alertRaised, .alertSuppressed,
            .changeEffective, .changeRefused, .documentEffective, .documentRetired, .gateChanged:
            preconditionFailure("no payload of holdfast.holds")
        }
    }

    private static func writeGroup(_ payload: Payload, to writer: inout JSONWriter) {
        switch payload {
        case .deviationRaised(
            let deviationId, let rootCauseKey, let dimension, let severity, let references,
            let evidence):
            writer.member("deviationId", deviationId)
            writer.member("rootCauseKey", rootCauseKey)
            writer.member("dimension", dimension)
            writer.member("severity", severity.rawValue)
            writer.references(references)
            writer.name("evidence")
            writer.raw(evidence.text)
        case .deviationUpdated(
            let deviationId, let member, let memberCount, let severity, let affectedLots):
            writer.member("deviationId", deviationId)
            writer.source("member", member)
            writer.member("memberCount", Int64(memberCount))
            writer.member("severity", severity.rawValue)
            writer.member("affectedLots", Int64(affectedLots))
        case .alertRaised(let alertId, let deviationId, let severity, let summary, let escalates):
            writer.member("alertId", alertId)
            writer.member("deviationId", deviationId)
            writer.member("severity", severity.rawValue)
            writer.member("summary", summary)
            writer.member("escalates", ifPresent: escalates)
        case .alertSuppressed(
            let alertId, let deviationId, let leader, let rule, let dimension, let windowFrom,
            let windowTo, let gapSeconds, let memberCount):
            writer.member("alertId", alertId)
            writer.member("deviationId", deviationId)
            writer.source("leader", leader)
            writer.name("why")
            writer.beginObject()
            writer.member("rule", rule)
            writer.member("dimension", dimension)
            writer.name("window")
            writer.beginObject()
            writer.member("from", windowFrom.text)
            writer.member("to", windowTo.text)
            writer.member("gapSeconds", gapSeconds)
            writer.endObject()
            writer.member("memberCount", Int64(memberCount))
            writer.endObject()
        case .holdApplied, .holdReleased, .holdReleaseRefused, .dispositionRecorded,
            .dispositionRefused, .changeEffective, .changeRefused, .documentEffective,
            .documentRetired, .gateChanged:
            preconditionFailure("no payload of a group")
        }
    }

    private static func writeChange(_ payload: Payload, to writer: inout JSONWriter) {
        switch payload {
        case .changeEffective(let changeId, let effectiveFrom, let scope, let approvedBy):
            writer.member("changeId", changeId)
            writer.member("effectiveFrom", effectiveFrom)
            writer.name("scope")
            writer.raw(scope.text)
            writer.member("approvedBy", approvedBy)
        case .changeRefused(let changeId, let why):
            writer.member("changeId", changeId)
            writer.member("why", why)
        case .documentEffective(
            let documentId, let version, let supersedes, let guideId, let qmsRecordId),
            .documentRetired(
                let documentId, let version, let supersedes, let guideId, let qmsRecordId):
            writer.member("documentId", documentId)
            writer.member("version", version)
            writer.member("supersedes", ifPresent: supersedes)
            writer.member("guideId", ifPresent: guideId)
            writer.member("qmsRecordId", ifPresent: qmsRecordId)
        case .holdApplied, .holdReleased, .holdReleaseRefused, .dispositionRecorded,
            .dispositionRefused, .deviationRaised, .deviationUpdated, .alertRaised,
            .alertSuppressed, .gateChanged:
            preconditionFailure("no payload of holdfast.changes")
        }
    }
}

extension JSONWriter {
    fileprivate mutating func subject(_ subject: Subject) {
        name("subject")
        beginObject()
        member("type", subject.type)
        member("id", subject.id)
        endObject()
    }

    fileprivate mutating func source(_ name: StaticString, _ event: MemberName) {
        self.name(name)
        beginObject()
        member("source", event.source)
        member("id", event.id)
        endObject()
    }

    fileprivate mutating func member(_ name: StaticString, _ values: [String]) {
        self.name(name)
        beginArray()
        for value in values { string(value) }
        endArray()
    }

    fileprivate mutating func member(_ name: StaticString, ifPresent value: String?) {
        if let value { member(name, value) }
    }

    fileprivate mutating func disposition(_ lot: String, _ decision: String, _ decider: String) {
        member("lotId", lot)
        member("decision", decision)
        member("decidedBy", decider)
    }

    fileprivate mutating func references(_ references: References) {
        name("refs")
        beginObject()
        for (name, value) in zip(References.names, references.values) {
            member(name, ifPresent: value)
        }
        endObject()
    }
}
