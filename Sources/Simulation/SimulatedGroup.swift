// Membership as Kafka's cooperative-sticky assignor and group coordinator show it to a member: only
// what moves is revoked, a partition is assigned after its last owner let go, and every change
// counts the generation up. A static member that comes back takes its old place without a change.

import EventLog
import EventModel

/// The consumer group of a simulated deployment. Partitions are bits: at most 64 of them.
final class SimulatedGroup {
    private struct Member {
        let identity: Int
        /// Of a static member.
        let instance: String?
        /// What it was told it owns and has not given back.
        var owned: UInt64 = 0
        var isToldToGiveBack: UInt64 = 0
        /// What its earlier life owned, to be told to it.
        var inherited: UInt64 = 0
        /// Nothing has changed for it since this generation.
        var settledAt: Int64 = -1
        /// When the group heard of it last.
        var seenAt = Instant.distantPast
    }
    /// In the order they joined.
    private var members: [Member] = []
    private var fenced: Set<Int> = []
    private var identities = 0
    private var partitions = 0
    private(set) var generation: Int64 = 0

    func setPartitions(_ count: Int32) {
        precondition(count <= 64, "a simulated group has at most 64 partitions")
        partitions = Int(count)
    }

    private func index(of identity: Int) -> Int? {
        members.firstIndex { $0.identity == identity }
    }

    /// A new member's identity. A static one takes the place of its earlier life, which is fenced.
    func join(instance: String? = nil, at now: Instant = .distantPast) -> Int {
        identities += 1
        var member = Member(identity: identities, instance: instance, seenAt: now)
        if let instance, let old = members.firstIndex(where: { $0.instance == instance }) {
            fenced.insert(members[old].identity)
            member.owned = members[old].owned
            member.inherited = member.owned
            members[old] = member
        } else {
            members.append(member)
            generation += 1
        }
        return identities
    }

    func isMember(_ identity: Int) -> Bool { index(of: identity) != nil }
    /// Another process has taken this static member's name.
    func isFenced(_ identity: Int) -> Bool { fenced.contains(identity) }
    var isEmpty: Bool { members.isEmpty }

    func heartbeat(of identity: Int, at now: Instant) {
        if let index = index(of: identity) { members[index].seenAt = now }
    }

    /// Who was silent for a whole session is out.
    func expire(before instant: Instant) {
        let count = members.count
        members.removeAll { $0.seenAt < instant }
        if members.count != count { generation += 1 }
    }

    /// Left, or its session expired: what it owned is free at once.
    func remove(_ identity: Int) {
        guard let index = index(of: identity) else { return }
        members.remove(at: index)
        generation += 1
    }

    /// What a poll tells the member: what to give back first, else what it gains.
    func event(of identity: Int) -> LogEvent? {
        guard let index = index(of: identity), members[index].settledAt != generation else {
            return nil
        }
        let member = members[index]
        if member.inherited != 0 {
            members[index].inherited = 0
            return .assigned(Self.list(member.inherited))
        }
        let target = target(of: index)
        let surplus = member.owned & ~target & ~member.isToldToGiveBack
        if surplus != 0 {
            members[index].isToldToGiveBack |= surplus
            return .revoked(Self.list(surplus))
        }
        let taken = members.reduce(UInt64(0)) { $0 | $1.owned }
        let gain = target & ~taken
        guard gain != 0 else {
            members[index].settledAt = generation
            return nil
        }
        members[index].owned |= gain
        return .assigned(Self.list(gain))
    }

    /// The member has let go. A second rebalance, as in Kafka.
    func giveBack(_ given: [Partition], by identity: Int) {
        guard let index = index(of: identity) else { return }
        // What its earlier life lost is not what this life owns.
        let bits =
            given.reduce(UInt64(0)) { $0 | (1 << UInt64($1.rawValue)) } & ~members[index].inherited
        members[index].owned &= ~bits
        members[index].isToldToGiveBack &= ~bits
        generation += 1
    }

    /// Even and sticky: members keep what they own up to their share, in the order they joined.
    private func target(of wanted: Int) -> UInt64 {
        var free: UInt64 = partitions == 64 ? .max : (1 << UInt64(partitions)) - 1
        var targets: [UInt64] = []
        targets.reserveCapacity(members.count)
        for (rank, member) in members.enumerated() {
            let kept = Self.lowest(share(of: rank), of: member.owned)
            targets.append(kept)
            free &= ~kept
        }
        for rank in members.indices {
            let more = Self.lowest(share(of: rank) - targets[rank].nonzeroBitCount, of: free)
            targets[rank] |= more
            free &= ~more
        }
        return targets[wanted]
    }

    private func share(of rank: Int) -> Int {
        partitions / members.count + (rank < partitions % members.count ? 1 : 0)
    }

    private static func lowest(_ count: Int, of bits: UInt64) -> UInt64 {
        var left = bits
        var taken: UInt64 = 0
        for _ in 0..<max(0, count) where left != 0 {
            taken |= left & (~left &+ 1)
            left &= left &- 1
        }
        return taken
    }

    private static func list(_ bits: UInt64) -> [Partition] {
        (0..<64).filter { bits >> UInt64($0) & 1 == 1 }.map { Partition(Int32($0)) }
    }
}
