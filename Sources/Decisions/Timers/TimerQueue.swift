// The armed timers of a task: the next one at once, those of a change by its id.

import EventModel

/// Timers by instant, equal instants by the offset of the record that armed them (design rule 2).
struct TimerQueue: Sendable {
    private struct Due: Comparable, Sendable {
        var instant: Instant
        var offset: Int64
        static func < (left: Due, right: Due) -> Bool {
            (left.instant, left.offset) < (right.instant, right.offset)
        }
    }

    private var armed: [Int64: Timer] = [:]
    private var ofChange: [ByteKey: [Int64]] = [:]
    /// May hold timers that were disarmed since, but never as its first (see `prune`).
    private var order = MinHeap<Due>()

    var nextDue: Instant? { order.first?.instant }
    var all: some Collection<Timer> { armed.values }

    /// Whether any timer of the change is armed.
    func hasChange(_ changeId: String) -> Bool { ofChange[ByteKey(changeId)] != nil }

    /// Adds a timer, or replaces the one that the same record armed.
    mutating func arm(_ timer: Timer) {
        if armed[timer.offset] != nil { disarm(timer.offset) }
        armed[timer.offset] = timer
        order.insert(Due(instant: timer.due, offset: timer.offset))
        if let change = timer.changeId { ofChange[change, default: []].append(timer.offset) }
        prune()
    }

    /// Takes out the next timer; there must be one.
    mutating func removeNext() -> Timer {
        guard let next = order.first, let timer = armed[next.offset] else {
            preconditionFailure("no timer is armed")
        }
        disarm(next.offset)
        prune()
        return timer
    }

    /// Disarms the change's timers that are due at or after the instant; returns them by offset.
    mutating func cancel(change: String, dueFrom instant: Instant) -> [Timer] {
        let offsets = (ofChange[ByteKey(change)] ?? []).sorted()
        let cancelled = offsets.compactMap { armed[$0] }.filter { $0.due >= instant }
        for timer in cancelled { disarm(timer.offset) }
        prune()
        return cancelled
    }

    private mutating func disarm(_ offset: Int64) {
        guard let timer = armed.removeValue(forKey: offset) else { return }
        guard let change = timer.changeId else { return }
        ofChange[change]?.removeAll { $0 == offset }
        if ofChange[change]?.isEmpty == true { ofChange[change] = nil }
    }

    /// Disarmed timers stay in the heap until they come first. An entry is alive when its timer is
    /// armed for that very instant.
    private mutating func prune() {
        while let first = order.first, armed[first.offset]?.due != first.instant {
            _ = order.removeFirst()
        }
    }
}

extension Timer {
    fileprivate var changeId: ByteKey? {
        guard case .change(let id, _, _, _) = action else { return nil }
        return ByteKey(id)
    }
}
