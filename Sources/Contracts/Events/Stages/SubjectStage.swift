// The key must be the id of the subject that the data names, byte for byte: by the key the event
// finds its owner, by the id everybody else finds the subject.

import EventModel

enum SubjectStage {
    /// unnamed: never of data that keeps its contract. Answered all the same, because a record that
    /// stops the worker would stop it again after every restart.
    enum Verdict { case same, differs(subject: ByteView), unnamed }

    static func verdict(_ type: EventType, key: ByteView, data: JSONView) -> Verdict {
        guard let subject = subjectID(of: type, in: data) else { return .unnamed }
        return subject.equals(key) ? .same : .differs(subject: subject)
    }

    /// The id of an inbound event's subject (catalogue, In). Nil for outbound types.
    static func subjectID(of type: EventType, in data: JSONView) -> ByteView? {
        switch type {
        case .lotCreatedV1, .stepStartedV1, .stepCompletedV1, .stepFailedV1, .limitExceededV1,
            .misScanDetectedV1, .interlockViolatedV1, .materialConsumedV1, .dispositionDecidedV1:
            data.string("lotId")
        case .holdRequestedV1, .holdReleaseApprovedV1: data.member("subject")?.string("id")
        case .changeApprovedV1, .changeCancelledV1: data.string("changeId")
        case .documentApprovedV1, .documentRetiredV1: data.string("documentId")
        case .trainingCompletedV1: data.string("personId")
        case .equipmentStatusChangedV1: data.string("equipmentId")
        case .holdAppliedV1, .holdReleasedV1, .holdReleaseRefusedV1, .dispositionRecordedV1,
            .dispositionRefusedV1, .deviationRaisedV1, .deviationUpdatedV1, .alertRaisedV1,
            .alertSuppressedV1, .changeEffectiveV1, .changeRefusedV1, .documentEffectiveV1,
            .documentRetiredOutV1, .gateChangedV1:
            nil
        }
    }
}
