// The demo's clock. On the embedded log it runs fast, so that a shift passes in a quarter of a
// minute; on Kafka the brokers' clock is the truth and it runs in real time. It stands at the
// shift's start until the worker is ready: a slow machine must not lose half the shift while it
// starts.

import EventModel
import Synchronization

/// Plant time for the schedule, and world time for what is stamped and decided.
final class DemoClock: Sendable {
    /// Where the shift begins, in the data's time.
    let shiftStart: Instant
    /// Plant seconds that pass in one real second, once it runs.
    let speed: Int64
    /// Whether the whole product lives in plant time (embedded log) or in real time (Kafka).
    let isFast: Bool
    private let environment: Environment
    private let made: Int64
    /// When the shift began, on the monotonic clock; 0 until then.
    private let begun = Atomic<Int64>(0)

    init(shiftStart: Instant, speed: Int64, isFast: Bool, environment: Environment) {
        self.shiftStart = shiftStart
        self.speed = speed
        self.isFast = isFast
        self.environment = environment
        made = environment.monotonicMicroseconds()
    }

    /// The worker is ready: the shift begins.
    func begin() { begun.store(environment.monotonicMicroseconds(), ordering: .relaxed) }

    /// Where the shift stands. Before it began, time passes as it does for everybody, so that it
    /// never goes back.
    var plantNow: Instant {
        let begun = begun.load(ordering: .relaxed)
        let now = environment.monotonicMicroseconds()
        let before = (begun == 0 ? now : begun) - made
        let since = begun == 0 ? 0 : max(0, now - begun)
        return Instant(rawValue: shiftStart.rawValue + before + since * speed)
    }

    /// The time that events and the worker see.
    var now: Instant { isFast ? plantNow : environment.now() }

    /// What the worker is given as its environment.
    var workerEnvironment: Environment {
        var copy = environment
        copy.now = { self.now }
        return copy
    }

    /// `14:27`, or in real time `14:27:03`.
    static func label(_ instant: Instant, isFast: Bool) -> String {
        String(instant.text.dropFirst(11).prefix(isFast ? 5 : 8))
    }
}
