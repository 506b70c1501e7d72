// The time of one case: it moves when the driver says so, and a little at each look.

import EventModel
import Synchronization

/// Wall and monotonic clock of all workers of a case.
final class CaseClock: Sendable {
    private let milliseconds: Atomic<Int64>
    private let microseconds = Atomic<Int64>(0)

    init(milliseconds: Int64) { self.milliseconds = Atomic(milliseconds) }

    var now: Instant { Instant(milliseconds: milliseconds.load(ordering: .relaxed)) }

    func advance(milliseconds delta: Int64) {
        milliseconds.add(delta, ordering: .relaxed)
        microseconds.add(delta * 1000, ordering: .relaxed)
    }

    var environment: Environment {
        Environment(
            now: { self.now },
            monotonicMicroseconds: { self.microseconds.add(10, ordering: .relaxed).newValue },
            random: { 4 })
    }
}
