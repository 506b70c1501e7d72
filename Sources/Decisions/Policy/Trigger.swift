// What can hold a subject or count towards a root cause. The catalogue's four failing types, and
// the one failure that we find ourselves: a step started through a closed gate.

/// A cause of containment, by the name it has in policy.yaml.
package enum Trigger: String, CaseIterable, Sendable, Comparable {
    case stepFailed = "mes.stepFailed.v1"
    case limitExceeded = "mes.limitExceeded.v1"
    case misScanDetected = "mes.misScanDetected.v1"
    case interlockViolated = "mes.interlockViolated.v1"
    case gateBypassed

    /// Without domain and version: the reason code of its holds, the last part of its rule id.
    package var shortName: String {
        switch self {
        case .stepFailed: "stepFailed"
        case .limitExceeded: "limitExceeded"
        case .misScanDetected: "misScanDetected"
        case .interlockViolated: "interlockViolated"
        case .gateBypassed: "gateBypassed"
        }
    }

    /// The built-in rule id (docs/events.md, Names that ids are made of).
    package var rule: String { "hold.\(shortName)" }

    package static func < (left: Trigger, right: Trigger) -> Bool { left.rawValue < right.rawValue }
}

/// Which limit a value crossed: out of specification, out of trend.
package enum LimitKind: String, CaseIterable, Sendable { case OOS, OOT }

/// What a failure can hold: its own lot, or by proposal the equipment it happened on.
package enum HoldTarget: String, CaseIterable, Sendable { case lot, equipment }

/// How failures are tied to a root cause, by the name it has in policy.yaml and in a deviation.
/// `event` (a group of its own) needs no naming: it is what is left when nothing else applies.
package enum Dimension: String, CaseIterable, Sendable {
    case correlation, gate, failureMode, parameter, interlock, event
}
