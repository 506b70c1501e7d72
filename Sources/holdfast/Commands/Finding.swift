// One record of an explained story.

import EventModel

/// A record, where it lies and what it has to do with the id.
struct Finding {
    enum Relation: String {
        case itself, effect, cause, sibling, mention, refused, state, batch

        /// The same, seen from what a cause led to: asked for a hold, its event is the cause, and
        /// the deviation of that event is of the same cause.
        var seenFromEffect: Relation {
            switch self {
            case .itself: .cause
            case .effect: .sibling
            case .cause, .sibling, .mention, .refused, .state, .batch: self
            }
        }

        /// For people.
        var words: String {
            switch self {
            case .itself: "this is it"
            case .effect: "because of it"
            case .cause: "its cause"
            case .sibling: "of the same cause"
            case .mention: "names it"
            case .refused: "dead letter"
            case .state: "state"
            case .batch: "batch"
            }
        }
    }

    let place: TopicPartition
    let offset: Offset
    let appendTime: Instant
    let relation: Relation
    let key: String
    let sentence: String
    /// `cause .. of .., rule .., policy ..`: what an event of ours says about why.
    let origin: String?
    let json: [UInt8]

    /// `holdfast.holds/1 @ 7`.
    var `where`: String {
        "\(place.topic.name)/\(place.partition.rawValue) @ \(offset.rawValue)"
    }

    /// In order of time; at equal times inputs before outputs, as the table of topics has them.
    static func isBefore(_ left: Finding, _ right: Finding) -> Bool {
        (left.appendTime, left.place, left.offset) < (right.appendTime, right.place, right.offset)
    }
}
