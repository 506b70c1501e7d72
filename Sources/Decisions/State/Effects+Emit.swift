// The one place where an outbound event gets its id, its time and its cause.

import Digests
import EventModel

extension Effects {
    /// Adds an event whose id follows from its cause, rule and subject (design rule 4).
    mutating func emit(
        _ type: EventType, _ origin: Origin, rule: String, subject: Subject, key: String,
        _ payload: Payload
    ) {
        emit(
            type, id: eventID(type: type, cause: origin.cause, rule: rule, subject: subject),
            origin, rule: rule, subject: subject, key: key, payload)
    }

    /// The same for an id that was needed before: it must be that of rule 4.
    mutating func emit(
        _ type: EventType, id: String, _ origin: Origin, rule: String, subject: Subject,
        key: String, _ payload: Payload
    ) {
        add(
            OutboundEvent(
                type: type, id: id, time: origin.time, subject: subject, cause: origin.cause,
                rule: rule, extensions: origin.extensions, key: key, payload: payload))
    }
}
