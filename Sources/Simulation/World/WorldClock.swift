// Time in a world: one true time, which the world moves, and the wall clock of each machine, which
// runs too fast or too slow and is set to another time now and then.

package import EventModel

/// The true time of a world. One thread steps it.
package final class WorldClock {
    /// Microseconds since 1970.
    private(set) var microseconds: Int64

    init(start: Instant) { microseconds = start.rawValue }

    package var now: Instant { Instant(rawValue: microseconds) }
    var milliseconds: Int64 { microseconds / 1_000 }

    func advance(milliseconds delta: Int64) {
        precondition(delta >= 0, "true time never runs backwards")
        microseconds += delta * 1_000
    }
    /// What one look at a clock costs, so that a loop of looks ends.
    func look() { microseconds += 1 }
}

/// A machine's wall clock. Its monotonic clock is the true time.
///
/// Sendable because `Environment` asks for it: a world has one thread.
final class MachineClock: @unchecked Sendable {
    private let world: WorldClock
    /// How far the wall clock is off.
    var offMilliseconds: Int64 = 0
    /// How much faster it runs, in millionths, since then.
    private var driftMillionths: Int64 = 0
    private var driftSince: Int64

    init(_ world: WorldClock) {
        self.world = world
        driftSince = world.microseconds
    }

    func setDrift(millionths: Int64) {
        driftMillionths = millionths
        driftSince = world.microseconds
    }

    /// Somebody sets the clock right.
    func correct() {
        offMilliseconds = 0
        setDrift(millionths: 0)
    }

    var wall: Instant {
        let drift = (world.microseconds - driftSince) / 1_000_000 * driftMillionths
        return Instant(rawValue: world.microseconds + offMilliseconds * 1_000 + drift)
    }

    var environment: Environment {
        Environment(
            now: { self.wall },
            monotonicMicroseconds: {
                self.world.look()
                return self.world.microseconds
            },
            random: { 4 })
    }
}
