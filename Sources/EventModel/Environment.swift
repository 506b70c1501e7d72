// Time and luck are arguments (design invariant 3): nothing inside asks the machine for them.

/// What the shell gives to everything below it.
package struct Environment: Sendable {
    /// The wall clock.
    package var now: @Sendable () -> Instant
    /// A clock that never runs backwards, in microseconds from any origin: waits and intervals.
    package var monotonicMicroseconds: @Sendable () -> Int64
    /// Random bits, for names of instances and for backoff; never for anything that is decided.
    package var random: @Sendable () -> UInt64

    package init(
        now: @escaping @Sendable () -> Instant,
        monotonicMicroseconds: @escaping @Sendable () -> Int64,
        random: @escaping @Sendable () -> UInt64
    ) {
        self.now = now
        self.monotonicMicroseconds = monotonicMicroseconds
        self.random = random
    }
}
