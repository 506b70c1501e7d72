// An event that must stand in the output: what the model computes and what is compared.

import EventModel

/// A subject of holds, gates and ids.
struct EvidenceSubject: Hashable {
    var type: String
    var id: String
    var text: String { "\(type)/\(id)" }
}

/// A value that a member of an event's data must have.
enum ExpectedValue: Equatable {
    case text(String)
    case number(Int)
    case flag(Bool)
    case texts([String])
    /// Microseconds since 1970; written in milliseconds.
    case instant(Int64)
    /// The holdIds of a gate's reasons, in order.
    case reasons([String])
    /// Source and id of another event.
    case name(source: String, id: String)
    /// JSON as it stands in the cause.
    case raw([UInt8])
    case absent
}

/// One event that must come out exactly once.
final class ExpectedOutput {
    let kind: OutboundKind
    /// Rule 4.
    let id: String
    let key: String
    let subject: EvidenceSubject
    let rule: String
    let cause: InboundFact
    /// The cause's, or the timer's instant, as written.
    let time: String
    /// The instant before which it must not be seen (µs since 1970); nil when it comes of a record.
    var dueAt: Int64?
    var members: [(name: StaticString, value: ExpectedValue)]

    init(
        _ kind: OutboundKind, key: String? = nil, subject: EvidenceSubject, rule: String,
        cause: InboundFact, time: String? = nil,
        _ members: [(name: StaticString, value: ExpectedValue)]
    ) {
        self.kind = kind
        self.key = key ?? subject.text
        self.subject = subject
        self.rule = rule
        self.cause = cause
        self.time = time ?? cause.time
        self.members = members
        id = Self.id(kind.rawValue, cause, rule, subject)
    }

    /// The first 32 hex digits of SHA-256 over these parts, each preceded by its length.
    static func id(
        _ type: String, _ cause: InboundFact, _ rule: String, _ subject: EvidenceSubject
    ) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(192)
        for part in [type, cause.source, cause.id, rule, subject.type, subject.id] {
            let count = UInt32(part.utf8.count)
            for shift: UInt32 in [24, 16, 8, 0] {
                bytes.append(UInt8(truncatingIfNeeded: count >> shift))
            }
            bytes.append(contentsOf: part.utf8)
        }
        return String(EvidenceSHA256.hex(bytes).prefix(32))
    }

    var words: String {
        "\(kind.rawValue) of \(subject.text) for \(cause.source) \(cause.id) (\(cause.place))"
    }
}
