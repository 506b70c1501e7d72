// Why a record becomes a dead letter. The raw values are the documented codes of the header
// hf_reason: they never change. docs/dead-letters.md has a paragraph for each; a test compares.

/// A reason for refusing a record (catalogue, Dead letters).
package enum RejectionReason: String, CaseIterable, Sendable {
    case malformedJson, notUtf8, tooLarge, notACloudEvent, unknownType, contractViolated
    case timeUnusable, identityConflict, keyMissing, wrongKey, wrongPartition, emptyValue
    case unknownSource, danglingReference

    /// What it means, in one sentence.
    package var explanation: String {
        switch self {
        case .malformedJson: "The bytes are not one well-formed JSON text."
        case .notUtf8: "The bytes, or an attribute in a header, are not UTF-8."
        case .tooLarge: "The record's value or key is larger than the worker takes in."
        case .notACloudEvent: "The record does not follow CloudEvents 1.0."
        case .unknownType: "The topic's contract has no event type of that name."
        case .contractViolated: "The data does not keep the JSON Schema of its type."
        case .timeUnusable: "The event has no time, or one that is no RFC 3339 date-time."
        case .identityConflict:
            "Another event with the same source and id but other content was accepted before."
        case .keyMissing: "The record has no key."
        case .wrongKey: "The record's key is not the id of the subject that its data names."
        case .wrongPartition: "The record lies in another partition than murmur2 of its key says."
        case .emptyValue: "The record has no value."
        case .unknownSource: "The policy does not accept events of this source."
        case .danglingReference: "The event is about a lot that no event has created."
        }
    }

    /// What to do about it, in one sentence.
    package var wayOut: String {
        switch self {
        case .malformedJson:
            "Repair the producer's JSON writer, then send the event again with the same id."
        case .notUtf8: "Let the producer write UTF-8, then send the event again with the same id."
        case .tooLarge:
            "Put bulky content elsewhere and send a reference to it (dataref, evidence)."
        case .notACloudEvent: "Correct the attribute that hf_detail names, then send it again."
        case .unknownType:
            "Correct the type or the topic; a new type needs a newer version of Holdfast."
        case .contractViolated:
            "Correct what hf_detail names, then send the event again with the same id."
        case .timeUnusable: "Send it again with a time such as 2026-01-05T06:00:00+01:00."
        case .identityConflict:
            "Find out which of the two is right; send a correction as a new event with a new id."
        case .keyMissing: "Set the record's key to the id of the event's subject."
        case .wrongKey: "Set the record's key to the id of the event's subject, byte for byte."
        case .wrongPartition:
            "Set the producer's partitioner to murmur2 (librdkafka: murmur2_random)."
        case .emptyValue: "Send an event; only master.data takes an empty value."
        case .unknownSource: "Add the source to intake.acceptedSources of the policy, or mute it."
        case .danglingReference: "Send mes.lotCreated.v1 for the lot first, then the event again."
        }
    }
}
