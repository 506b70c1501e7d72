// What a failing event asks for, by the default policy: from the event alone.

import EventModel

/// A failure as the catalogue has it.
struct ExpectedFailure {
    let severity: String
    /// The root-cause key: the first dimension that applies. By default no source's correlation
    /// ids are trusted.
    let root: String
    let rule: String
    let holdsLot: Bool
    let proposesHold: Bool

    /// Nil for an event that is no failure; a stepStarted is one where its gate was bypassed.
    init?(_ fact: InboundFact) {
        var proposesHold = false
        switch fact.type {
        case "mes.stepStarted.v1":
            severity = "major"
            root = "gate/lot/\(Self.percent(fact.key))"
            rule = "hold.gateBypassed"
            holdsLot = true
        case "mes.stepFailed.v1":
            severity = fact.text("severity") ?? "critical"
            root = Self.root(fact, ["failureMode", "parameter"])
            rule = "hold.stepFailed"
            holdsLot = severity == "critical"
        case "mes.limitExceeded.v1":
            severity = fact.text("severity") ?? "critical"
            root = Self.root(fact, ["parameter"])
            rule = "hold.limitExceeded"
            holdsLot = severity == "critical" && fact.text("limitKind") == "OOS"
        case "mes.misScanDetected.v1":
            severity = fact.text("severity") ?? "major"
            root = Self.root(fact, [])
            rule = "hold.misScanDetected"
            holdsLot = false
        case "mes.interlockViolated.v1":
            severity = fact.text("severity") ?? "critical"
            root = Self.root(fact, ["interlock"])
            rule = "hold.interlockViolated"
            holdsLot = severity == "critical"
            proposesHold = holdsLot
        default: return nil
        }
        self.proposesHold = proposesHold
    }

    private static func root(_ fact: InboundFact, _ members: [StaticString]) -> String {
        if let equipment = fact.text("equipmentId") {
            for member in members {
                if let part = fact.text(member) {
                    return "equipment/\(percent(equipment))/\(member)/\(percent(part))"
                }
            }
        }
        return "event/\(percent(fact.source))/\(percent(fact.id))"
    }

    /// RFC 3986's unreserved characters stay.
    static func percent(_ text: String) -> String {
        if text.utf8.allSatisfy(isUnreserved) { return text }
        var out = ""
        for byte in text.utf8 {
            if isUnreserved(byte) {
                out.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                out += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return out
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, 45, 46, 95, 126: true
        default: false
        }
    }
}

/// What a lot's task asks of another task.
struct ExpectedSignal {
    enum Kind: String { case signal, holdProposed }

    /// Names a signal on its topic.
    struct Name: Hashable {
        var kind: Kind
        var source: String
        var id: String
        /// Empty for a proposal, which does not name it.
        var lot: String
        /// The root-cause key, or the id of the equipment.
        var key: String
    }
    let kind: Kind
    let key: String
    let root: String
    let cause: InboundFact
    let severity: String
    let rule: String

    init(_ kind: Kind, _ failure: ExpectedFailure, _ cause: InboundFact) {
        self.kind = kind
        self.cause = cause
        severity = failure.severity
        rule = failure.rule
        root = failure.root
        key = kind == .signal ? failure.root : cause.text("equipmentId") ?? ""
    }

    var name: Name {
        Name(
            kind: kind, source: cause.source, id: cause.id,
            lot: kind == .signal ? cause.key : "", key: key)
    }
}
