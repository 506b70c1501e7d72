// Design rule 3: no timer fires while the broker's clock and ours disagree, or when nobody has
// measured lately.

import EventModel
import EventLog

/// What the last delivery report said about the clocks.
struct ClockGuard {
    private var measuredAt: Instant?
    private var isPlausible = false
    private var lastMeasuringBatch: Instant?
    private let limits: Limits

    init(limits: Limits) { self.limits = limits }

    /// Takes a report in; true when it is implausible (more than 5 s outside [send, report]).
    mutating func note(_ report: ClockReport) -> Bool {
        let skew = limits.clockSkewMillisecondsMax
        let isContradicted =
            report.appendTime.milliseconds < report.sentAt.milliseconds - skew
            || report.appendTime.milliseconds > report.reportedAt.milliseconds + skew
        // A clock that jumps ahead between send and report makes an interval in which any append
        // time lies: a report that came late measures nothing, and timers wait for a quicker one.
        let isLate = report.reportedAt.milliseconds > report.appendTime.milliseconds + skew
        isPlausible = !isContradicted && !isLate
        measuredAt = report.reportedAt
        return isContradicted
    }

    /// Whether timers may fire.
    func allowsTimers(at now: Instant) -> Bool {
        guard isPlausible, let measuredAt else { return false }
        let age = now.milliseconds - measuredAt.milliseconds
        return age < limits.clockMeasureMillisecondsMax && age > -limits.clockSkewMillisecondsMax
    }

    /// Whether a batch may be made just to measure; at most once a second.
    mutating func mayMeasure(at now: Instant) -> Bool {
        if let last = lastMeasuringBatch,
            abs(now.milliseconds - last.milliseconds) < limits.clockMeasureIntervalMilliseconds
        {
            return false
        }
        lastMeasuringBatch = now
        return true
    }
}
