// Membership as Kafka's cooperative-sticky assignor and group coordinator show it to a member:
// only what
// moves is revoked, a partition is assigned after its last owner let go, and every change counts
// the generation up.

import EventLog
import EventModel

/// The consumer group of a simulated deployment.
final class SimulatedGroup {
    private struct Member {
        /// What it was told it owns and has not given back.
        var owned: Set<Partition> = []
        var isToldToGiveBack: Set<Partition> = []
    }
    private var members: [Int: Member] = [:]
    private var identities = 0
    private var partitions: [Partition] = []
    private(set) var generation: Int64 = 0

    func setPartitions(_ count: Int32) { partitions = (0..<count).map { Partition($0) } }

    /// A new member's identity.
    func join() -> Int {
        identities += 1
        members[identities] = Member()
        generation += 1
        return identities
    }

    func isMember(_ identity: Int) -> Bool { members[identity] != nil }

    /// Left, or its session expired: what it owned is free at once.
    func remove(_ identity: Int) {
        if members.removeValue(forKey: identity) != nil { generation += 1 }
    }

    /// What a poll tells the member: what to give back first, else what it gains.
    func event(of identity: Int) -> LogEvent? {
        guard let member = members[identity], let target = targets()[identity] else { return nil }
        let surplus = member.owned.subtracting(target).subtracting(member.isToldToGiveBack)
        if !surplus.isEmpty {
            members[identity]?.isToldToGiveBack.formUnion(surplus)
            return .revoked(surplus.sorted())
        }
        let taken = members.values.reduce(into: Set<Partition>()) { $0.formUnion($1.owned) }
        let gain = target.subtracting(taken)
        guard !gain.isEmpty else { return nil }
        members[identity]?.owned.formUnion(gain)
        return .assigned(gain.sorted())
    }

    /// The member has let go. A second rebalance, as in Kafka.
    func giveBack(_ given: [Partition], by identity: Int) {
        guard members[identity] != nil else { return }
        members[identity]?.owned.subtract(given)
        members[identity]?.isToldToGiveBack.subtract(given)
        generation += 1
    }

    /// Even and sticky: members keep what they own up to their share, in the order they joined.
    private func targets() -> [Int: Set<Partition>] {
        let order = members.keys.sorted()
        var targets: [Int: Set<Partition>] = [:]
        var free = Set(partitions)
        for (rank, identity) in order.enumerated() {
            let share =
                partitions.count / order.count + (rank < partitions.count % order.count ? 1 : 0)
            let kept = Set((members[identity]?.owned ?? []).sorted().prefix(share))
            targets[identity] = kept
            free.subtract(kept)
        }
        var rest = free.sorted()[...]
        for (rank, identity) in order.enumerated() {
            let share =
                partitions.count / order.count + (rank < partitions.count % order.count ? 1 : 0)
            while let next = rest.first, (targets[identity]?.count ?? 0) < share {
                targets[identity]?.insert(next)
                rest = rest.dropFirst()
            }
        }
        return targets
    }
}
