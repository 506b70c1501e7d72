// What Decisions hands to Contracts: typed outbound events. Made only where there is an effect, so
// Strings are welcome here.

/// The thing an event is about, e.g. (lot, L-4711). Its text `lot/L-4711` keys holds and gates.
package struct Subject: Hashable, Sendable {
    package var type: String
    package var id: String
    package init(type: String, id: String) {
        self.type = type
        self.id = id
    }
    package var text: String { "\(type)/\(id)" }
}

/// The inbound event that something happened because of (never an internal record).
package struct Cause: Hashable, Sendable {
    package var source: String
    package var id: String
    package var type: String
    package init(source: String, id: String, type: String) {
        self.source = source
        self.id = id
        self.type = type
    }
}

/// Why something is held: a code for machines, a text for people.
package struct Reason: Hashable, Sendable {
    package var code: String
    package var text: String
    package init(code: String, text: String) {
        self.code = code
        self.text = text
    }
}

/// How grave a failure is, in rising order.
package enum Severity: String, CaseIterable, Sendable, Comparable {
    case minor, major, critical
    private var rank: Int {
        switch self {
        case .minor: 0
        case .major: 1
        case .critical: 2
        }
    }
    package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}

/// An outbound event before it is bytes. `Contracts.OutboundEncoder` writes it.
package struct OutboundEvent: Equatable, Sendable {
    package var type: EventType
    /// Deterministic: `Digests.eventID` (design rule 4).
    package var id: String
    /// The cause's time as written, or the timer's instant as written.
    package var time: String
    package var subject: Subject
    package var cause: Cause
    /// Built-in rule id (docs/events.md, Names that ids are made of); its version is 1.
    package var rule: String
    /// Extensions carried on, as written; causationid is not among them (it is the cause's id).
    package var extensions: [CarriedExtension]
    /// The record's key, e.g. `lot/L-4711`, a root-cause key, a changeId.
    package var key: String
    package var payload: Payload

    package init(
        type: EventType, id: String, time: String, subject: Subject, cause: Cause, rule: String,
        extensions: [CarriedExtension], key: String, payload: Payload
    ) {
        self.type = type
        self.id = id
        self.time = time
        self.subject = subject
        self.cause = cause
        self.rule = rule
        self.extensions = extensions
        self.key = key
        self.payload = payload
    }
}

/// An extension of the cause, carried on to what it caused.
package struct CarriedExtension: Equatable, Sendable {
    package var name: Extension
    package var value: String
    package init(name: Extension, value: String) {
        self.name = name
        self.value = value
    }
}
