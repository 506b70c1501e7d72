// Which type of the topic's contract an event has. A type of another topic is as unknown here as
// one that nobody knows: its key would mean something else.

import EventModel

enum TypeStage {
    enum Verdict: Equatable { case known(EventType), ofOtherTopic(EventType), unknown }

    static func verdict(_ name: ByteView, topic: Topic, table: EventTypeTable) -> Verdict {
        guard let type = table.type(named: name) else { return .unknown }
        return type.topic == topic && type.isInbound ? .known(type) : .ofOtherTopic(type)
    }
}
