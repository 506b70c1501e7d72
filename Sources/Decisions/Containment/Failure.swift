// What a failing event says, read once: how grave, what it was about, in words, and what it is tied
// to. Each type has its own members in the catalogue; one that a type does not have is an unknown
// field, and ignored.

import EventModel

/// A failure of one of the policy's triggers, with what its effects need.
struct Failure {
    let trigger: Trigger
    let severity: Severity
    let limitKind: LimitKind?
    let lotId: String
    let equipmentId: String?
    let reason: Reason
    let summary: String
    let rootCause: RootCause

    init(_ event: InboundEvent, _ trigger: Trigger, closedSince: Instant?, policy: Policy) {
        let data = event.data
        self.trigger = trigger
        let given = trigger == .gateBypassed ? nil : data.text("severity").flatMap(Severity.init)
        severity = given ?? policy.defaultSeverity(of: trigger)
        limitKind =
            trigger == .limitExceeded ? data.text("limitKind").flatMap(LimitKind.init) : nil
        lotId = event.key.text
        equipmentId = data.named("equipmentId")
        reason = Reason(
            code: trigger.shortName,
            text: Wording.reason(trigger, data, closedSince: closedSince))
        let what = Wording.what(trigger, data)
        let place = equipmentId.map { " on \($0)" } ?? ""
        summary = "\(trigger.shortName) \(severity.rawValue): \(what)\(place), lot \(lotId)"
        rootCause = RootCause(event, trigger, policy: policy)
    }
}

extension JSONView {
    /// A string that names something; an empty one names nothing.
    func named(_ name: StaticString) -> String? {
        guard let bytes = string(name), !bytes.isEmpty else { return nil }
        return bytes.text
    }
}
