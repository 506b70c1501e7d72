// Containment: a failure holds its lot at once, asks the owner of its equipment to hold that, and
// goes out as a signal to the owner of its root cause. The lot's hold commits with the signal, so
// nobody can read the signal before the hold exists (hold before deviation).

import Digests
import EventModel

extension TaskState {
    mutating func contain(
        _ event: InboundEvent, _ trigger: Trigger, now: Instant, into effects: inout Effects
    ) {
        effects.beginRecord()
        let origin = Origin(event)
        let failure = Failure(
            event, trigger, closedSince: lots[event.key.text]?.gate?.since, policy: policy)
        let lotOwner = owner(holding: .lot, failure)
        if let lotOwner {
            let subject = Subject(type: "lot", id: failure.lotId)
            apply(
                hold: Hold(failure, on: subject, owner: lotOwner, origin: origin), origin: origin,
                now: now, into: &effects)
        }
        register(lot: failure.lotId, origin: origin, now: now, into: &effects)
        let isProposed = propose(failure, origin: origin, into: &effects)
        if policy.isSignal(trigger) {
            let signal = Signal(failure, event: event, origin: origin)
            effects.add(OutboundSignal(key: signal.rootCauseKey, value: signal.bytes))
        } else if lotOwner == nil && !isProposed {
            effects.noteNoEffect(.notInPolicy)
        }
    }

    private func owner(holding target: HoldTarget, _ failure: Failure) -> String? {
        policy.owner(
            holding: target, because: failure.trigger, severity: failure.severity,
            limitKind: failure.limitKind)
    }

    /// A hold on equipment is another task's to apply: it travels under the equipment's id.
    private func propose(
        _ failure: Failure, origin: Origin, into effects: inout Effects
    ) -> Bool {
        guard let owner = owner(holding: .equipment, failure), let id = failure.equipmentId else {
            return false
        }
        let proposal = HoldProposal(
            origin: origin, owner: owner, reason: failure.reason,
            rootCauseKey: failure.rootCause.key, rule: failure.trigger.rule,
            severity: failure.severity, subject: Subject(type: "equipment", id: id))
        effects.add(OutboundSignal(key: id, value: proposal.bytes))
        return true
    }
}

extension Hold {
    /// The hold that a failure applies to its lot: its id is that of the event it creates.
    fileprivate init(_ failure: Failure, on subject: Subject, owner: String, origin: Origin) {
        let id = eventID(
            type: .holdAppliedV1, cause: origin.cause, rule: failure.trigger.rule,
            subject: subject)
        self.init(
            holdId: id, subject: subject, reason: failure.reason, severity: failure.severity,
            owner: owner, rootCauseKey: failure.rootCause.key, rule: failure.trigger.rule,
            cause: origin.cause, time: origin.time, eventId: id)
    }

    /// The hold that another task's failure proposes.
    init(_ proposal: HoldProposal) {
        let id = eventID(
            type: .holdAppliedV1, cause: proposal.origin.cause, rule: proposal.rule,
            subject: proposal.subject)
        self.init(
            holdId: id, subject: proposal.subject, reason: proposal.reason,
            severity: proposal.severity, owner: proposal.owner,
            rootCauseKey: proposal.rootCauseKey, rule: proposal.rule,
            cause: proposal.origin.cause, time: proposal.origin.time, eventId: id)
    }
}
