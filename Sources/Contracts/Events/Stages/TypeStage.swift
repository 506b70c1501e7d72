// Which type of the topic's contract an event has. A type of another topic is as unknown here as
// one that nobody knows: its key would mean something else.

import EventModel

enum TypeStage {
    enum Verdict: Equatable { case known(EventType), ofOtherTopic(EventType), unknown }

    static func verdict(_ name: ByteView, topic: Topic, table: EventTypeIndex) -> Verdict {
        guard let found = table.type(named: name, on: topic) else { return .unknown }
        return found.isOfTopic ? .known(found.type) : .ofOtherTopic(found.type)
    }
}
