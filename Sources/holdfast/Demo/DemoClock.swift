// The demo's clock. On the embedded log it runs fast, so that a shift passes in a quarter of a minute; on
// Kafka the brokers' clock is the truth and it runs in real time.

import EventModel

/// Plant time for the schedule, and world time for what is stamped and decided.
struct DemoClock: Sendable {
    /// Where the shift begins, in the data's time.
    let shiftStart: Instant
    /// Plant seconds that pass in one real second.
    let speed: Int64
    /// Whether the whole product lives in plant time (embedded log) or in real time (Kafka).
    let isFast: Bool
    private let origin: Int64
    private let environment: Environment

    init(shiftStart: Instant, speed: Int64, isFast: Bool, environment: Environment) {
        self.shiftStart = shiftStart
        self.speed = speed
        self.isFast = isFast
        self.environment = environment
        origin = environment.monotonicMicroseconds()
    }

    /// Where the shift stands.
    var plantNow: Instant {
        let elapsed = environment.monotonicMicroseconds() - origin
        return Instant(rawValue: shiftStart.rawValue + elapsed * speed)
    }

    /// The time that events and the worker see.
    var now: Instant { isFast ? plantNow : environment.now() }

    /// What the worker is given as its environment.
    var workerEnvironment: Environment {
        let clock = self
        var copy = environment
        copy.now = { clock.now }
        return copy
    }

    /// `14:27`, of the clock that people see in the demo.
    func label(_ instant: Instant) -> String {
        let text = instant.text
        return String(text.dropFirst(11).prefix(isFast ? 5 : 8))
    }
}
