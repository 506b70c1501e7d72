// Where an effect comes from: the inbound event, its time as written and what it carries on. The
// same three travel through signals and timers, so that what comes out there names the event, never
// an internal record (docs/design.md, Who decides what).

import EventModel

/// The cause of effects, with its time as written and its extensions.
struct Origin: Equatable, Sendable {
    var cause: Cause
    var time: String
    /// Without causationid, which is replaced by the cause's id. In the order of `Extension`.
    var extensions: [CarriedExtension]

    init(cause: Cause, time: String, extensions: [CarriedExtension]) {
        self.cause = cause
        self.time = time
        self.extensions = extensions
    }

    init(_ event: InboundEvent) {
        cause = Cause(
            source: event.source.text, id: event.id.text, type: event.type.text)
        time = event.timeText.text
        extensions = []
        for name in Extension.allCases where name != .causationid {
            guard let value = event.value(of: name) else { continue }
            extensions.append(CarriedExtension(name: name, value: value.text))
        }
    }
}

extension JSONView {
    /// A string that the type's contract requires: Contracts has refused events without it.
    func required(_ name: StaticString) -> String {
        guard let text = scalar(name) else {
            preconditionFailure("\(name): the contract requires it")
        }
        return text
    }

    /// A string's content, or a number as written. Nil when absent or something else.
    func scalar(_ name: StaticString) -> String? {
        guard let value = member(name), value.kind == .string || value.kind == .number
        else { return nil }
        return value.bytes.text
    }

    /// An instant that the type's contract requires as an RFC 3339 text, and that text.
    func requiredInstant(_ name: StaticString) -> (instant: Instant, text: String) {
        guard let bytes = string(name), let instant = Instant(rfc3339: bytes) else {
            preconditionFailure("\(name): the contract requires a date-time")
        }
        return (instant, bytes.text)
    }
}
