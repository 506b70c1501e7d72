// Every type of the catalogue, in and out. A type ends in its major version; a new version is a new
// case, and the compiler then lists the places (style rule 13).

/// An event type of the catalogue.
package enum EventType: UInt8, CaseIterable, Sendable {
    case lotCreatedV1, stepStartedV1, stepCompletedV1, stepFailedV1, limitExceededV1
    case misScanDetectedV1, interlockViolatedV1, materialConsumedV1
    case holdRequestedV1, holdReleaseApprovedV1, dispositionDecidedV1, changeApprovedV1
    case changeCancelledV1, documentApprovedV1, documentRetiredV1, trainingCompletedV1
    case equipmentStatusChangedV1
    case holdAppliedV1, holdReleasedV1, holdReleaseRefusedV1, dispositionRecordedV1
    case dispositionRefusedV1, deviationRaisedV1, deviationUpdatedV1, alertRaisedV1
    case alertSuppressedV1, changeEffectiveV1, changeRefusedV1, documentEffectiveV1
    case documentRetiredOutV1, gateChangedV1

    /// The `type` attribute, with the version.
    package var name: StaticString {
        switch self {
        case .lotCreatedV1: "mes.lotCreated.v1"
        case .stepStartedV1: "mes.stepStarted.v1"
        case .stepCompletedV1: "mes.stepCompleted.v1"
        case .stepFailedV1: "mes.stepFailed.v1"
        case .limitExceededV1: "mes.limitExceeded.v1"
        case .misScanDetectedV1: "mes.misScanDetected.v1"
        case .interlockViolatedV1: "mes.interlockViolated.v1"
        case .materialConsumedV1: "mes.materialConsumed.v1"
        case .holdRequestedV1: "qms.holdRequested.v1"
        case .holdReleaseApprovedV1: "qms.holdReleaseApproved.v1"
        case .dispositionDecidedV1: "qms.dispositionDecided.v1"
        case .changeApprovedV1: "qms.changeApproved.v1"
        case .changeCancelledV1: "qms.changeCancelled.v1"
        case .documentApprovedV1: "qms.documentApproved.v1"
        case .documentRetiredV1: "qms.documentRetired.v1"
        case .trainingCompletedV1: "qms.trainingCompleted.v1"
        case .equipmentStatusChangedV1: "qms.equipmentStatusChanged.v1"
        case .holdAppliedV1: "holdfast.holdApplied.v1"
        case .holdReleasedV1: "holdfast.holdReleased.v1"
        case .holdReleaseRefusedV1: "holdfast.holdReleaseRefused.v1"
        case .dispositionRecordedV1: "holdfast.dispositionRecorded.v1"
        case .dispositionRefusedV1: "holdfast.dispositionRefused.v1"
        case .deviationRaisedV1: "holdfast.deviationRaised.v1"
        case .deviationUpdatedV1: "holdfast.deviationUpdated.v1"
        case .alertRaisedV1: "holdfast.alertRaised.v1"
        case .alertSuppressedV1: "holdfast.alertSuppressed.v1"
        case .changeEffectiveV1: "holdfast.changeEffective.v1"
        case .changeRefusedV1: "holdfast.changeRefused.v1"
        case .documentEffectiveV1: "holdfast.documentEffective.v1"
        case .documentRetiredOutV1: "holdfast.documentRetired.v1"
        case .gateChangedV1: "holdfast.gateChanged.v1"
        }
    }

    /// `name` as a String, made once.
    package var text: String { Self.texts[Int(rawValue)] }
    private static let texts = allCases.map(\.name.description)

    /// The topic whose contract names this type.
    package var topic: Topic {
        switch self {
        case .lotCreatedV1, .stepStartedV1, .stepCompletedV1, .stepFailedV1, .limitExceededV1,
            .misScanDetectedV1, .interlockViolatedV1, .materialConsumedV1:
            .mesExecution
        case .holdRequestedV1, .holdReleaseApprovedV1, .dispositionDecidedV1, .changeApprovedV1,
            .changeCancelledV1, .documentApprovedV1, .documentRetiredV1, .trainingCompletedV1,
            .equipmentStatusChangedV1:
            .qmsQuality
        case .holdAppliedV1, .holdReleasedV1, .holdReleaseRefusedV1, .dispositionRecordedV1,
            .dispositionRefusedV1:
            .holds
        case .deviationRaisedV1, .deviationUpdatedV1: .deviations
        case .alertRaisedV1, .alertSuppressedV1: .alerts
        case .changeEffectiveV1, .changeRefusedV1, .documentEffectiveV1, .documentRetiredOutV1:
            .changes
        case .gateChangedV1: .gates
        }
    }

    /// Whether it comes in from outside.
    package var isInbound: Bool { topic == .mesExecution || topic == .qmsQuality }
}
