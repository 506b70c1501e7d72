// The key that ties failures to one cause: the first dimension of the policy's order that applies
// (docs/events.md, Correlation in short). Parts are percent-encoded, so no id can forge another
// key.

import EventModel

/// A root-cause key and the dimension that gave it.
struct RootCause: Equatable, Sendable {
    let key: String
    let dimension: Dimension

    init(_ event: InboundEvent, _ trigger: Trigger, policy: Policy) {
        for dimension in policy.correlation.dimensions {
            if let key = Self.key(of: event, trigger, dimension, policy: policy) {
                self.key = key
                self.dimension = dimension
                return
            }
        }
        key = Self.ownKey(of: event)
        dimension = .event
    }

    private static func key(
        of event: InboundEvent, _ trigger: Trigger, _ dimension: Dimension, policy: Policy
    ) -> String? {
        switch dimension {
        case .correlation:
            guard let id = event.value(of: .correlationid), !id.isEmpty,
                policy.trusts(source: event.source)
            else { return nil }
            return "correlation/\(RowKey.encode(id.text))"
        case .gate:
            guard trigger == .gateBypassed else { return nil }
            return "gate/lot/\(RowKey.encode(event.key.text))"
        case .failureMode:
            guard trigger == .stepFailed else { return nil }
            return equipmentKey(event, "failureMode")
        case .parameter:
            guard trigger == .stepFailed || trigger == .limitExceeded else { return nil }
            return equipmentKey(event, "parameter")
        case .interlock:
            guard trigger == .interlockViolated else { return nil }
            return equipmentKey(event, "interlock")
        case .event:
            return ownKey(of: event)
        }
    }

    private static func equipmentKey(_ event: InboundEvent, _ member: StaticString) -> String? {
        guard let equipment = event.data.named("equipmentId"), let part = event.data.named(member)
        else { return nil }
        return "equipment/\(RowKey.encode(equipment))/\(member)/\(RowKey.encode(part))"
    }

    private static func ownKey(of event: InboundEvent) -> String {
        "event/\(RowKey.encode(event.source.text))/\(RowKey.encode(event.id.text))"
    }
}

extension Policy {
    /// Only failures ask, and the list is short: no table.
    fileprivate func trusts(source: ByteView) -> Bool {
        correlation.trustedSources.contains { ByteKey($0) == ByteKey(source.text) }
    }
}
