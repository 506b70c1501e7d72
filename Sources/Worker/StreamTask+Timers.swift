// Design rules 2 and 3: when a due timer may fire.

import Decisions
import EventLog
import EventModel

extension StreamTask {
    /// What a due timer needs next.
    enum TimerStep: Equatable {
        case nothing
        /// Ask the ends of all inputs now.
        case askEnds
        /// A batch is to be made: with the timers, or without them to measure the clock.
        case makeBatch
    }

    /// The earliest instant at which something is due without a record.
    var nextDue: Instant? { core.state.nextDue() }

    /// What to do about timers at this moment.
    func timerStep(now: Instant) -> TimerStep {
        // Ends asked before the wall clock stepped back are from the future: by the time that their
        // instant comes they say nothing about what was written until then.
        if let asked = askedEnds, asked.at > now { askedEnds = nil }
        guard let due = nextDue, due <= now else { return .nothing }
        if let until = core.batch?.timersTo, due <= until { return .nothing }
        guard clockGuard.allowsTimers(at: now) else {
            return clockGuard.mayMeasure(at: now) ? .makeBatch : .nothing
        }
        guard let asked = askedEnds, asked.at >= due else { return .askEnds }
        core.settleAtEnds()
        return hasReached(asked) ? .makeBatch : .nothing
    }

    /// Every input has been decided up to the ends that were asked.
    func hasReached(_ asked: AskedEnds) -> Bool {
        zip(core.queues, asked.ends).allSatisfy { $0.position >= $1 }
    }
}
