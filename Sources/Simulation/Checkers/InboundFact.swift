// An inbound record that the model accepts as an event.

import EventModel

/// What the model knows of an accepted event.
final class InboundFact {
    let type: String
    let source: String
    let id: String
    /// As written, and as microseconds since 1970.
    let time: String
    let at: Int64
    /// The record's key: the id of the subject.
    let key: String
    /// What the data says; `data` is its node.
    let document: EvidenceJSON
    let data: Int
    /// A digest of what rule 5 calls content.
    let content: UInt64
    let topic: Topic
    let partition: Int32
    let offset: Int64
    /// Microseconds since 1970.
    let appendTime: Int64

    init(
        _ attributes: InboundAttributes, time: Int64, key: String, record: PlainRecord
    ) {
        type = attributes.type
        source = attributes.source
        id = attributes.id
        self.time = attributes.time
        at = time
        self.key = key
        document = attributes.document
        data = attributes.data
        content = attributes.content
        topic = record.topic
        partition = record.partition.rawValue
        offset = record.offset.rawValue
        appendTime = record.appendTime.rawValue
    }

    func text(_ name: StaticString) -> String? { document.text(name, of: data) }

    var place: String { "\(topic.name)/\(partition)@\(offset)" }
    var name: FactName { FactName(source: source, id: id, key: key) }
}

/// Finds the cause of a signal again: the same id on two lots is two events.
struct FactName: Hashable {
    var source: String
    var id: String
    var key: String
}

/// What the model makes of an inbound record before dedupe.
enum InboundVerdict {
    case fact(InboundFact)
    /// Refused for one of these reasons: where the pages leave the order of two checks open, each
    /// that they allow.
    case refused([String])
}

/// The attributes of a CloudEvent in either mode.
struct InboundAttributes {
    var type: String
    var source: String
    var id: String
    var time: String
    var document: EvidenceJSON
    var data: Int
    var content: UInt64
}
