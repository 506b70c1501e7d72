// Approvals wait for their instant. Whether a cancellation is in time is decided by append times
// alone: one appended at or before the instant wins, a later one is too late, whether or not the
// timer has fired by then (design rule 2).

import EventModel

extension TaskState {
    /// qms.changeApproved: each approval arms a timer of its own, unless who asked also approved.
    mutating func approveChange(
        _ event: InboundEvent, now: Instant, into effects: inout Effects
    ) {
        var origin = Origin(event)
        let data = event.data
        let changeId = data.required("changeId")
        let approvedBy = data.required("approvedBy")
        if ByteKey(approvedBy) == ByteKey(data.required("initiatedBy")) {
            refuse(change: changeId, "initiatorIsApprover", origin: origin, into: &effects)
            return
        }
        guard let scope = data.member("scope") else {
            preconditionFailure("scope: the contract requires it")
        }
        let (due, text) = data.requiredInstant("effectiveFrom")
        origin.time = text
        let timer = Timer(
            due: due, offset: event.offset.rawValue, origin: origin,
            action: .change(
                changeId: changeId, scope: RawJSON(scope.bytes.text), approvedBy: approvedBy,
                effectiveUntil: data.text("effectiveUntil")))
        arm(timer, appendedAt: event.appendTime, now: now, into: &effects)
    }

    /// qms.changeCancelled: disarms all timers of the change that are still to come.
    mutating func cancelChange(_ event: InboundEvent, into effects: inout Effects) {
        let changeId = event.data.required("changeId")
        let cancelled = timers.cancel(change: changeId, dueFrom: event.appendTime)
        for timer in cancelled { effects.put(RowChange(key: timer.key, value: nil)) }
        if !cancelled.isEmpty { return }
        // What is armed now was due before the cancellation was appended: it will fire.
        let isLate =
            effectiveChanges[ByteKey(changeId)] != nil || timers.hasChange(changeId)
        refuse(
            change: changeId, isLate ? "alreadyEffective" : "unknownChange",
            origin: Origin(event), into: &effects)
    }

    private func refuse(
        change changeId: String, _ why: String, origin: Origin, into effects: inout Effects
    ) {
        effects.emit(
            .changeRefusedV1, origin, rule: "change",
            subject: Subject(type: "change", id: changeId), key: changeId,
            .changeRefused(changeId: changeId, why: why))
    }

    /// qms.documentApproved: the version becomes effective at its instant.
    mutating func approveDocument(
        _ event: InboundEvent, now: Instant, into effects: inout Effects
    ) {
        wait(event, "effectiveFrom", isRetirement: false, now: now, into: &effects)
    }

    /// qms.documentRetired: the version retires at its instant.
    mutating func retireDocument(
        _ event: InboundEvent, now: Instant, into effects: inout Effects
    ) {
        wait(event, "retiredFrom", isRetirement: true, now: now, into: &effects)
    }

    private mutating func wait(
        _ event: InboundEvent, _ member: StaticString, isRetirement: Bool, now: Instant,
        into effects: inout Effects
    ) {
        var origin = Origin(event)
        let data = event.data
        let (due, text) = data.requiredInstant(member)
        origin.time = text
        let document = Timer.Document(
            isRetirement: isRetirement, documentId: data.required("documentId"),
            version: data.required("version"), supersedes: data.scalar("supersedes"),
            guideId: data.scalar("guideId"), qmsRecordId: data.scalar("qmsRecordId"))
        let timer = Timer(
            due: due, offset: event.offset.rawValue, origin: origin, action: .document(document))
        arm(timer, appendedAt: event.appendTime, now: now, into: &effects)
    }
}
