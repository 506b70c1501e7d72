// The tests' edge to the machine's clock.

import EventModel
import Glibc

/// The wall clock, for delivery reports.
func wallClock() -> Instant {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Instant(rawValue: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)
}

/// Milliseconds that never run backwards, with a fraction.
func stopwatch() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) * 1000 + Double(now.tv_nsec) / 1_000_000
}
