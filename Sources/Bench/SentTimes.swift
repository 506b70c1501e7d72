// When each critical failure was sent: written by the sender, read by the meter.

import Synchronization

/// Times by number; seconds of the monotonic clock.
final class SentTimes: Sendable {
    private let times: Mutex<[Double?]>
    let count: Int

    init(count: Int) {
        self.count = count
        times = Mutex(Array(repeating: nil, count: count))
    }

    func put(_ number: Int, _ time: Double) { times.withLock { $0[number] = time } }

    /// The time, once: a second hold for the same lot is none of ours.
    func take(_ number: Int) -> Double? {
        times.withLock {
            guard number >= 0, number < $0.count else { return nil }
            let found = $0[number]
            $0[number] = nil
            return found
        }
    }

    /// Sent at or after an instant and never seen.
    func remaining(since begin: Double) -> Int {
        times.withLock { $0.reduce(0) { $0 + ($1.map { $0 >= begin } ?? false ? 1 : 0) } }
    }
}
