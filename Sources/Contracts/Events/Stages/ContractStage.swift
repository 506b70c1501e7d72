// Whether the data keeps the JSON Schema of the event's own version (never of a newer one).

import EventModel

enum ContractStage {
    enum Verdict {
        case kept(JSONView)
        case violated(SchemaViolation)
        case dataMissing
        /// datacontenttype says something else than JSON.
        case notJSON
    }

    static func verdict(
        _ type: EventType, data: ReceivedData, registry: ContractRegistry
    ) -> Verdict {
        switch data {
        case .absent: return .dataMissing
        case .opaque: return .notJSON
        case .json(let value, bytes: _):
            guard let violation = registry.violation(of: type, in: value) else {
                return .kept(value)
            }
            return .violated(violation)
        }
    }
}
