// Offsets as half-open ranges: what a batch read, what it refused.

package import EventModel

/// A half-open range of offsets [from, to) of one input topic.
package struct OffsetRange: Equatable, Sendable {
    package var topic: Topic
    package var from: Offset
    package var to: Offset
    /// Retention ate it before it was read.
    package var isLost: Bool
    package init(topic: Topic, from: Offset, to: Offset, isLost: Bool = false) {
        self.topic = topic
        self.from = from
        self.to = to
        self.isLost = isLost
    }
}

/// Refused offsets of a batch, joined to ranges as they come in rising order per topic.
struct RefusedOffsets {
    private(set) var ranges: [OffsetRange] = []

    mutating func add(_ offset: Offset, of topic: Topic) {
        if let last = ranges.lastIndex(where: { $0.topic == topic }), ranges[last].to == offset {
            ranges[last].to = offset.next
        } else {
            ranges.append(OffsetRange(topic: topic, from: offset, to: offset.next))
        }
    }

    mutating func removeAll() { ranges.removeAll(keepingCapacity: true) }
}
