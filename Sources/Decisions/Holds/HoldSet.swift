// Holds are a set (invariant 7): several on one subject, each with its own reason and owner; free
// when the set is empty.

import EventModel

/// All holds of one subject that ever were, and which of them are open, in order of application.
struct HoldSet: Sendable {
    private struct Open: Sendable {
        var order: Int64
        var holdId: String
    }

    private var known: [ByteKey: Hold] = [:]
    private var open: [Open] = []
    private var lastOrder: Int64 = 0

    var isFree: Bool { open.isEmpty }
    var openCount: Int { open.count }
    var all: some Collection<Hold> { known.values }

    /// Open or released; nil for an id never heard of.
    func hold(_ holdId: String) -> Hold? { known[ByteKey(holdId)] }

    /// The oldest open holds' ids.
    func openIds(max: Int) -> [String] { open.prefix(max).map(\.holdId) }

    /// The oldest open holds, as a gate gives them for its reasons.
    func gateReasons(max: Int) -> [GateReason] {
        open.prefix(max).compactMap { entry in
            known[ByteKey(entry.holdId)].map { GateReason(holdId: $0.holdId, reason: $0.reason) }
        }
    }

    /// Applies a hold whose id is new, as the last in order. Returns it with its order.
    mutating func apply(_ hold: Hold) -> Hold {
        precondition(known[ByteKey(hold.holdId)] == nil, "a holdId is applied once")
        var hold = hold
        hold.order = lastOrder + 1
        restore(hold)
        return hold
    }

    /// Lifts an open hold. Returns it as it is then.
    mutating func release(_ holdId: String, _ release: Hold.Release) -> Hold {
        guard var hold = known[ByteKey(holdId)], hold.release == nil else {
            preconditionFailure("only an open hold is released")
        }
        hold.release = release
        restore(hold)
        return hold
    }

    /// Adds or replaces a hold as it stands: rows come back in any order.
    mutating func restore(_ hold: Hold) {
        if let old = known[ByteKey(hold.holdId)], old.release == nil {
            open.remove(at: place(old.order))
        }
        known[ByteKey(hold.holdId)] = hold
        lastOrder = max(lastOrder, hold.order)
        if hold.release == nil {
            open.insert(Open(order: hold.order, holdId: hold.holdId), at: place(hold.order))
        }
    }

    /// Index of the first open hold of that order or a later one.
    private func place(_ order: Int64) -> Int {
        var low = 0
        var high = open.count
        while low < high {
            let middle = (low + high) / 2
            if open[middle].order < order { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
