// The data of each outbound type (docs/events.md, Out), without what is common to all.

/// Values written as they stand in the cause (numbers, evidence, scope): well-formed JSON text.
package struct RawJSON: Equatable, Sendable {
    package var text: String
    package init(_ text: String) { self.text = text }
}

/// References of a failure to what it happened on; absent ones are left out.
package struct References: Equatable, Sendable {
    /// In this order: orderId, batchId, lotId, stepId, operation, equipmentId, operatorId.
    package static let names: [StaticString] = [
        "orderId", "batchId", "lotId", "stepId", "operation", "equipmentId", "operatorId",
    ]
    /// Places in `names`, in the order of the names' text: canonical JSON.
    package static let sorted = names.indices.sorted {
        names[$0].description < names[$1].description
    }
    /// One value per name, nil when the cause had none.
    package var values: [String?]
    package init(values: [String?]) {
        precondition(values.count == Self.names.count, "one value per name")
        self.values = values
    }
}

/// A member of a group: the inbound event behind a signal.
package struct MemberName: Equatable, Sendable {
    package var source: String
    package var id: String
    package init(source: String, id: String) {
        self.source = source
        self.id = id
    }
}

/// The data of an outbound event.
package enum Payload: Equatable, Sendable {
    case holdApplied(
        holdId: String, subject: Subject, reason: Reason, severity: Severity?, owner: String,
        rootCauseKey: String?, openHoldCount: Int, openHolds: [String])
    case holdReleased(
        holdId: String, subject: Subject, approver: String, openHoldCount: Int,
        openHolds: [String], subjectReleased: Bool)
    /// why: unknownHold, notOwner, alreadyReleased.
    case holdReleaseRefused(holdId: String, subject: Subject, why: String)
    case dispositionRecorded(lotId: String, decision: String, decidedBy: String)
    case dispositionRefused(
        lotId: String, decision: String, decidedBy: String, blockers: [String])
    case deviationRaised(
        deviationId: String, rootCauseKey: String, dimension: String, severity: Severity,
        references: References, evidence: RawJSON)
    case deviationUpdated(
        deviationId: String, member: MemberName, memberCount: Int, severity: Severity,
        affectedLots: Int)
    case alertRaised(
        alertId: String, deviationId: String, severity: Severity, summary: String,
        escalates: String?)
    /// window: the group's [first, last] event times, and the gap its members may leave.
    case alertSuppressed(
        alertId: String, deviationId: String, leader: MemberName, rule: String, dimension: String,
        windowFrom: Instant, windowTo: Instant, gapSeconds: Int64, memberCount: Int)
    case changeEffective(
        changeId: String, effectiveFrom: String, scope: RawJSON, approvedBy: String)
    /// why: initiatorIsApprover, unknownChange, alreadyEffective.
    case changeRefused(changeId: String, why: String)
    case documentEffective(
        documentId: String, version: String, supersedes: String?, guideId: String?,
        qmsRecordId: String?)
    case documentRetired(
        documentId: String, version: String, supersedes: String?, guideId: String?,
        qmsRecordId: String?)
    case gateChanged(subject: Subject, isOpen: Bool, reasons: [GateReason], since: Instant)
}

/// Why a gate is closed: one of its open holds.
package struct GateReason: Equatable, Sendable {
    package var holdId: String
    package var reason: Reason
    package init(holdId: String, reason: Reason) {
        self.holdId = holdId
        self.reason = reason
    }
}
