// The policy of the first edition (docs/events.md, Default policy). topics/policy.yaml says the
// same; a test there compares the two digests.

import EventModel

extension Policy {
    /// What holds when nobody says otherwise.
    package static let standard = Policy(
        holds: [
            HoldRule(
                type: .stepFailed, severities: [.critical], holds: [.lot], owner: "quality"),
            HoldRule(
                type: .limitExceeded, limitKinds: [.OOS], severities: [.critical], holds: [.lot],
                owner: "quality"),
            HoldRule(
                type: .interlockViolated, severities: [.critical], holds: [.lot, .equipment],
                owner: "quality"),
            HoldRule(
                type: .gateBypassed, severities: [.minor, .major, .critical], holds: [.lot],
                owner: "quality"),
        ],
        defaultSeverities: [
            .misScanDetected: .major, .interlockViolated: .critical, .gateBypassed: .major,
        ],
        signals: [
            .stepFailed, .limitExceeded, .misScanDetected, .interlockViolated, .gateBypassed,
        ])
}
