// What the group knows us as, and when that may be believed (docs/decisions/0006).
//
// librdkafka 2.0.2 takes on a new member id and generation when a JoinGroup is answered, some time
// before the rebalance callback of that generation runs; and a static member whose session ended
// joins again without telling that everything was lost (rdkafka_cgrp.c, handle_JoinGroup:
// UNKNOWN_MEMBER_ID leads to a plain rejoin). So what it says at any moment proves that we are a
// member, not that we still own what we own.

/// A member of the group, at one moment.
package struct Membership: Equatable, Sendable {
    /// Negative when there is none.
    package var generation: Int64
    /// The id that the broker gave; empty before it did, and after it has forgotten us. A broker
    /// never takes an id back once it has put it out of the group.
    package var member: String
    package static let none = Membership(generation: -1, member: "")

    package init(generation: Int64, member: String) {
        self.generation = generation
        self.member = member
    }
}

/// Membership as the rebalance callbacks told it. Pure bookkeeping.
package struct ToldMembership: Equatable, Sendable {
    /// What a callback means for what we had before it.
    package enum Continuity: Equatable, Sendable {
        /// The same member, in the same generation or the next: what we had was ours throughout.
        case unbroken
        /// The same member, but generations went by unseen: what is kept was ours throughout, what
        /// is taken may have another owner already.
        case skipped
        /// Another member: the group had put us out, and everything may have had other owners.
        case replaced
    }

    private(set) var told = Membership.none

    package init() {}

    /// Whether offsets sent as this member prove that what we own is ours.
    package func proves(_ now: Membership) -> Bool {
        now.generation >= 0 && !now.member.isEmpty && now == told
    }

    /// Takes note of what a callback came with.
    package mutating func hear(_ now: Membership) -> Continuity {
        defer { told = now }
        if now.member != told.member { return .replaced }
        return now.generation == told.generation || now.generation == told.generation + 1
            ? .unbroken : .skipped
    }
}
