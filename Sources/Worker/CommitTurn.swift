// The one transaction of a stream thread that is not yet done with.

/// Whose open batches a transaction takes along.
enum CommitScope {
    /// Of every task.
    case everything
    /// Of the tasks whose batch cannot wait (docs/decisions/0007).
    case whatIsDue
}

/// Where it stands, and what it carries.
///
///     none --send--> underWay --committed--> none
///                     |    |
///                     |    +--refused--> refused --send--> underWay
///                     +--unknown--> broken --reopened--> none
struct CommitTurn {
    enum Stage: Equatable {
        /// Nothing is under way.
        case none
        /// The log has it.
        case underWay
        /// Nothing of it was written: it is sent again from then on (monotonic).
        case refused(until: Int64)
        /// The producers are to be made anew, from then on (monotonic).
        case broken(until: Int64)
    }

    var stage = Stage.none
    /// Whose closed batches it carries. One that was let go since has none.
    var tasks: [StreamTask] = []
    /// When it was sent first, or broke (monotonic).
    var began: Int64 = 0
    var attempts = 0
    /// Commits in a row that were fenced under our own name.
    var fencedInARow = 0

    var isUnderWay: Bool { stage == .underWay }
    /// The membership has changed: what was refused is tried again at once.
    mutating func endPause(now: Int64) {
        if case .refused = stage { stage = .refused(until: now) }
    }

    /// How long to wait after the refusal that was the last of so many.
    var pause: Int64 {
        min(Self.pauseMicroseconds << Int64(min(attempts, 5) - 1), Self.pauseMicrosecondsMax)
    }
    /// Nothing to wait for.
    var isOver: Bool { stage == .none }

    /// How long after a refusal the same is tried again at first, and at most: twice as long each
    /// time. The rebalance behind it is served by the polls in between, and ends the pause.
    static let pauseMicroseconds: Int64 = 10_000
    static let pauseMicrosecondsMax: Int64 = 160_000
    /// So many fenced commits in a row are no accident. One that froze beyond its transaction's
    /// timeout, or came up beside its predecessor, is fenced once or twice.
    static let fencedInARowMax = 10
    /// How long between two tries to make producers.
    static let reopenMicroseconds: Int64 = 100_000
}
