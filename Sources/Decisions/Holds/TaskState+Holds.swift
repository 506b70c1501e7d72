// Applies, releases and refuses. Automatic and requested holds go through the same door; what
// differs between them is decided before.

import Digests
import EventModel

extension TaskState {
    /// Adds a hold to its subject's set unless the set knows its id, open or released.
    mutating func apply(
        hold draft: Hold, origin: Origin, now: Instant, into effects: inout Effects
    ) {
        let subject = draft.subject
        if holds[subject.key]?.hold(draft.holdId) != nil {
            effects.noteNoEffect(.holdAlreadyKnown)
            return
        }
        var draft = draft
        draft.appliedAt = Instant(milliseconds: now.milliseconds)
        let hold = holds[subject.key, default: HoldSet()].apply(draft)
        let openCount = holds[subject.key]?.openCount ?? 0
        let openIds = holds[subject.key]?.openIds(max: limits.listedHoldsMax) ?? []
        effects.put(hold.row)
        effects.requestCommit()
        effects.emit(
            .holdAppliedV1, origin, rule: hold.rule, subject: subject, key: subject.text,
            .holdApplied(
                holdId: hold.holdId, subject: subject, reason: hold.reason,
                severity: hold.severity, owner: hold.owner, rootCauseKey: hold.rootCauseKey,
                openHoldCount: openCount, openHolds: openIds))
    }

    /// qms.holdRequested: also for a subject nobody has heard of.
    mutating func requestHold(
        _ event: InboundEvent, now: Instant, into effects: inout Effects
    ) {
        let origin = Origin(event)
        let rule = "hold.requested"
        let subject = event.data.requiredSubject
        guard let reason = event.data.member("reason") else {
            preconditionFailure("reason: the contract requires it")
        }
        let hold = Hold(
            holdId: event.data.required("holdId"), subject: subject,
            reason: Reason(code: reason.required("code"), text: reason.required("text")),
            severity: nil, owner: event.data.required("owner"), rootCauseKey: nil, rule: rule,
            cause: origin.cause, time: origin.time,
            eventId: eventID(
                type: .holdAppliedV1, cause: origin.cause, rule: rule, subject: subject))
        apply(hold: hold, origin: origin, now: now, into: &effects)
        settleKnownGate(of: subject, origin: origin, now: now, into: &effects)
    }

    /// qms.holdReleaseApproved: only in the owner's name, byte for byte, and only once.
    mutating func releaseHold(
        _ event: InboundEvent, now: Instant, into effects: inout Effects
    ) {
        let origin = Origin(event)
        let subject = event.data.requiredSubject
        let holdId = event.data.required("holdId")
        let owner = event.data.required("owner")
        if let why = refusal(ofRelease: holdId, subject: subject, owner: owner) {
            effects.emit(
                .holdReleaseRefusedV1, origin, rule: "hold.released", subject: subject,
                key: subject.text,
                .holdReleaseRefused(holdId: holdId, subject: subject, why: why))
            return
        }
        let approver = event.data.required("approver")
        let release = Hold.Release(
            approver: approver, at: Instant(milliseconds: now.milliseconds), cause: origin.cause)
        guard let hold = holds[subject.key]?.release(holdId, release) else {
            preconditionFailure("a release that was not refused finds its hold")
        }
        effects.put(hold.row)
        let openCount = holds[subject.key]?.openCount ?? 0
        let openIds = holds[subject.key]?.openIds(max: limits.listedHoldsMax) ?? []
        effects.emit(
            .holdReleasedV1, origin, rule: "hold.released", subject: subject, key: subject.text,
            .holdReleased(
                holdId: holdId, subject: subject, approver: approver, openHoldCount: openCount,
                openHolds: openIds, subjectReleased: openCount == 0))
        settleKnownGate(of: subject, origin: origin, now: now, into: &effects)
    }

    private func refusal(ofRelease holdId: String, subject: Subject, owner: String) -> String? {
        guard let hold = holds[subject.key]?.hold(holdId) else { return "unknownHold" }
        if hold.release != nil { return "alreadyReleased" }
        return ByteKey(hold.owner) == ByteKey(owner) ? nil : "notOwner"
    }

    /// After a hold set has changed: lots have a gate, other subjects have none in this edition. A
    /// lot without a row and without holds gets none here (that is the execution events' doing).
    mutating func settleKnownGate(
        of subject: Subject, origin: Origin, now: Instant, into effects: inout Effects
    ) {
        guard subject.type == "lot", let set = holds[subject.key],
            !set.isFree || lots[subject.id]?.gate != nil
        else { return }
        settleGate(of: subject.id, origin: origin, now: now, into: &effects)
    }

    /// qms.dispositionDecided: recorded only while nothing holds the lot.
    func decideDisposition(_ event: InboundEvent, into effects: inout Effects) {
        let origin = Origin(event)
        let lotId = event.data.required("lotId")
        let subject = Subject(type: "lot", id: lotId)
        let decision = event.data.required("decision")
        let decidedBy = event.data.required("decidedBy")
        if let set = holds[subject.key], !set.isFree {
            effects.emit(
                .dispositionRefusedV1, origin, rule: "disposition", subject: subject,
                key: subject.text,
                .dispositionRefused(
                    lotId: lotId, decision: decision, decidedBy: decidedBy,
                    blockers: set.openIds(max: limits.listedHoldsMax)))
        } else {
            effects.emit(
                .dispositionRecordedV1, origin, rule: "disposition", subject: subject,
                key: subject.text,
                .dispositionRecorded(lotId: lotId, decision: decision, decidedBy: decidedBy))
        }
    }
}

extension JSONView {
    /// The subject that holds' contracts require.
    fileprivate var requiredSubject: Subject {
        guard let subject = member("subject") else {
            preconditionFailure("subject: the contract requires it")
        }
        return Subject(type: subject.required("type"), id: subject.required("id"))
    }
}
