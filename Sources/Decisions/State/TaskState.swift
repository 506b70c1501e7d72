// All that one task knows, and the one function through which an accepted record changes it. Pure:
// the same records with the same `now` give the same effects, on any machine, at any later time.
//
//   Containment  what a failure comes to        Changes      approvals that wait for their instant
//   Holds        sets of holds per subject      Timers       what waits
//   Gates        the lots and their gates       Correlation  signals, groups, deviations, alerts

package import EventModel

/// The state of one task, in memory, row for row what holdfast.state carries. Used by one thread.
package struct TaskState: Sendable {
    /// What the plant decided; the same for the whole life of the value.
    package let policy: Policy
    /// Read here: `listedHoldsMax`.
    package let limits: Limits

    var lots = LotTable()
    var holds: [ByteKey: HoldSet] = [:]
    var timers = TimerQueue()
    var effectiveChanges: [ByteKey: EffectiveChange] = [:]
    var groups = GroupTable()

    /// The state of a task that has seen nothing.
    package init(policy: Policy, limits: Limits) {
        self.policy = policy
        self.limits = limits
    }

    /// Whether an accepted mes.execution event (not only a hold) has named the lot. No allocation.
    package func isRegistered(lot: ByteView) -> Bool {
        lots.standing(of: lot).contains(.registered)
    }

    /// Decides one accepted record.
    ///
    /// - Parameters:
    ///   - event: read and checked by Contracts; its contract's required members are relied upon.
    ///   - now: the `now` of the batch (design rule 3).
    ///   - effects: where its effects are added.
    package mutating func apply(
        _ event: InboundEvent, now: Instant, into effects: inout Effects
    ) {
        switch event.type {
        case .lotCreatedV1, .stepCompletedV1:
            note(event, now: now, into: &effects)
        case .materialConsumedV1:
            // The genealogy that this edge belongs to comes with a later edition.
            effects.noteNoEffect(.notYetActedOn)
            note(event, now: now, into: &effects)
        case .stepStartedV1:
            start(event, now: now, into: &effects)
        case .stepFailedV1:
            contain(event, .stepFailed, now: now, into: &effects)
        case .limitExceededV1:
            contain(event, .limitExceeded, now: now, into: &effects)
        case .misScanDetectedV1:
            contain(event, .misScanDetected, now: now, into: &effects)
        case .interlockViolatedV1:
            contain(event, .interlockViolated, now: now, into: &effects)
        case .holdRequestedV1, .holdReleaseApprovedV1, .dispositionDecidedV1, .changeApprovedV1,
            .changeCancelledV1, .documentApprovedV1, .documentRetiredV1:
            effects.beginRecord()
            applyQuality(event, now: now, into: &effects)
        case .trainingCompletedV1, .equipmentStatusChangedV1:
            effects.noteNoEffect(.notYetActedOn)
        case .holdAppliedV1, .holdReleasedV1, .holdReleaseRefusedV1, .dispositionRecordedV1,
            .dispositionRefusedV1, .deviationRaisedV1, .deviationUpdatedV1, .alertRaisedV1,
            .alertSuppressedV1, .changeEffectiveV1, .changeRefusedV1, .documentEffectiveV1,
            .documentRetiredOutV1, .gateChangedV1:
            preconditionFailure("\(event.type.name) goes out; it never comes in")
        }
    }

    /// An execution event that only shows that its lot exists: nearly all of them, so the way for
    /// a known lot is short.
    private mutating func note(
        _ event: InboundEvent, now: Instant, into effects: inout Effects
    ) {
        if lots.standing(of: event.key).contains(.registered) { return }
        effects.beginRecord()
        register(lot: event.key.text, origin: Origin(event), now: now, into: &effects)
    }

    /// A step's start is checked against the gate as it stood before.
    private mutating func start(
        _ event: InboundEvent, now: Instant, into effects: inout Effects
    ) {
        let standing = lots.standing(of: event.key)
        if standing == .registered { return }
        if standing.contains(.closed), let gate = lots[event.key.text]?.gate,
            event.time > gate.since
        {
            contain(event, .gateBypassed, now: now, into: &effects)
        } else {
            note(event, now: now, into: &effects)
        }
    }

    private mutating func applyQuality(
        _ event: InboundEvent, now: Instant, into effects: inout Effects
    ) {
        switch event.type {
        case .holdRequestedV1: requestHold(event, now: now, into: &effects)
        case .holdReleaseApprovedV1: releaseHold(event, now: now, into: &effects)
        case .dispositionDecidedV1: decideDisposition(event, into: &effects)
        case .changeApprovedV1: approveChange(event, now: now, into: &effects)
        case .changeCancelledV1: cancelChange(event, into: &effects)
        case .documentApprovedV1: approveDocument(event, now: now, into: &effects)
        case .documentRetiredV1: retireDocument(event, now: now, into: &effects)
        default: preconditionFailure("\(event.type.name) is no decision of quality")
        }
    }
}
