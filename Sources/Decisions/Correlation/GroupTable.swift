// The groups of a task by root-cause key, and when each may be forgotten.

import EventModel

/// Groups that are open, or closed and not yet removed.
struct GroupTable: Sendable {
    private struct Expiry: Comparable, Sendable {
        var instant: Instant
        var number: Int64
        var rootCauseKey: String
        static func < (left: Expiry, right: Expiry) -> Bool {
            (left.instant, left.number) < (right.instant, right.number)
        }
    }

    /// Per key in order of opening. Keys are percent-encoded, hence plain ASCII.
    private var groups: [String: [Group]] = [:]
    /// Distinct lots of each group's members.
    private var affected: [Int64: Set<ByteKey>] = [:]
    /// At least one entry per group, not later than its expiry: moving it with every member would
    /// cost a search, so it is corrected when it comes up.
    private var expiries = MinHeap<Expiry>()

    var all: some Sequence<Group> { groups.values.joined() }
    var affectedLots: [Int64: Set<ByteKey>] { affected }
    var nextExpiry: Instant? { expiries.first?.instant }

    func affectedCount(_ number: Int64) -> Int { affected[number]?.count ?? 0 }

    /// Finds the oldest open group that a signal may join; notes those that it finds closed.
    mutating func find(
        _ rootCauseKey: String, time: Instant, appendTime: Instant, _ policy: Policy.Correlation,
        into effects: inout Effects
    ) -> Group? {
        guard let count = groups[rootCauseKey]?.count else { return nil }
        for index in 0..<count {
            guard let group = groups[rootCauseKey]?[index], !group.isClosed else { continue }
            if appendTime > group.expiry(policy) {
                groups[rootCauseKey]?[index].isClosed = true
                if let closed = groups[rootCauseKey]?[index] { effects.put(closed.row) }
            } else if group.admits(time, policy) {
                return group
            }
        }
        return nil
    }

    /// Adds or replaces a group as it stands: rows come back in any order.
    mutating func put(_ group: Group, _ policy: Policy.Correlation) {
        var list = groups.removeValue(forKey: group.rootCauseKey) ?? []
        let expiry = group.expiry(policy)
        var isKnown = false
        if let index = list.lastIndex(where: { $0.number == group.number }) {
            // The log's clock may have gone back: what comes from its rows must expire when this
            // does.
            isKnown = list[index].expiry(policy) <= expiry
            list[index] = group
        } else {
            let place = list.firstIndex { $0.number > group.number } ?? list.count
            list.insert(group, at: place)
        }
        groups[group.rootCauseKey] = list
        guard !isKnown else { return }
        expiries.insert(
            Expiry(instant: expiry, number: group.number, rootCauseKey: group.rootCauseKey))
    }

    /// Whether the lot is new to the group.
    mutating func addAffected(_ lot: String, to number: Int64) -> Bool {
        affected[number, default: []].insert(ByteKey(lot)).inserted
    }

    /// Takes out the groups whose expiry lies before the instant, by number, with their lots.
    mutating func removeExpired(
        before instant: Instant, _ policy: Policy.Correlation
    ) -> [(group: Group, lots: [String])] {
        var removed: [(group: Group, lots: [String])] = []
        while let next = expiries.first, next.instant < instant {
            _ = expiries.removeFirst()
            guard let list = groups[next.rootCauseKey],
                let index = list.firstIndex(where: { $0.number == next.number })
            else { continue }
            let expiry = list[index].expiry(policy)
            if expiry < instant {
                removed.append((list[index], remove(next.rootCauseKey, at: index)))
            } else {
                expiries.insert(
                    Expiry(
                        instant: expiry, number: next.number, rootCauseKey: next.rootCauseKey))
            }
        }
        return removed.sorted { $0.group.number < $1.group.number }
    }

    private mutating func remove(_ rootCauseKey: String, at index: Int) -> [String] {
        guard let group = groups[rootCauseKey]?.remove(at: index) else { return [] }
        if groups[rootCauseKey]?.isEmpty == true { groups[rootCauseKey] = nil }
        return (affected.removeValue(forKey: group.number) ?? []).map(\.text).sorted()
    }
}
