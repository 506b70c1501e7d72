// The kinds of events that go out, by the catalogue.

import EventModel

/// An outbound type of the first edition.
enum OutboundKind: String, CaseIterable {
    case holdApplied = "holdfast.holdApplied.v1"
    case holdReleased = "holdfast.holdReleased.v1"
    case holdReleaseRefused = "holdfast.holdReleaseRefused.v1"
    case dispositionRecorded = "holdfast.dispositionRecorded.v1"
    case dispositionRefused = "holdfast.dispositionRefused.v1"
    case deviationRaised = "holdfast.deviationRaised.v1"
    case deviationUpdated = "holdfast.deviationUpdated.v1"
    case alertRaised = "holdfast.alertRaised.v1"
    case alertSuppressed = "holdfast.alertSuppressed.v1"
    case changeEffective = "holdfast.changeEffective.v1"
    case changeRefused = "holdfast.changeRefused.v1"
    case documentEffective = "holdfast.documentEffective.v1"
    case documentRetired = "holdfast.documentRetired.v1"
    case gateChanged = "holdfast.gateChanged.v1"

    static let topics: [Topic] = [.holds, .gates, .deviations, .alerts, .changes]

    var topic: Topic {
        switch self {
        case .holdApplied, .holdReleased, .holdReleaseRefused, .dispositionRecorded,
            .dispositionRefused:
            .holds
        case .deviationRaised, .deviationUpdated: .deviations
        case .alertRaised, .alertSuppressed: .alerts
        case .changeEffective, .changeRefused, .documentEffective, .documentRetired: .changes
        case .gateChanged: .gates
        }
    }

    /// Comes of a timer, not of the record that armed it.
    var isTimed: Bool {
        switch self {
        case .changeEffective, .documentEffective, .documentRetired: true
        default: false
        }
    }

    /// Which promise is broken when one of these is missing or there twice.
    var check: Check { isTimed ? .timers : .exactlyOnce }
}
