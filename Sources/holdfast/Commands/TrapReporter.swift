// A precondition of the product that does not hold ends the process. Which seed did it is said
// first, with the means that a signal handler has.

import Glibc
import Synchronization

/// Remembers what each thread runs, and prints it when the process traps.
enum TrapReporter {
    private static let threadsMax = 256
    /// The seed of each thread that runs one, plus one; 0: none.
    nonisolated(unsafe) private static let seeds = UnsafeMutablePointer<UInt64>.allocate(
        capacity: threadsMax)
    private static let taken = Atomic<Int>(0)
    nonisolated(unsafe) private static var key = pthread_key_t()

    /// Once, before any seed.
    static func install() {
        seeds.initialize(repeating: 0, count: threadsMax)
        pthread_key_create(&key, nil)
        for signal in [SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS] {
            Glibc.signal(signal, TrapReporter.say)
        }
    }

    /// This thread runs that seed from now on.
    static func running(_ seed: UInt64) {
        var slot = pthread_getspecific(key)?.assumingMemoryBound(to: UInt64.self)
        if slot == nil {
            let index = taken.add(1, ordering: .relaxed).oldValue
            guard index < threadsMax else { return }
            slot = seeds + index
            pthread_setspecific(key, slot)
        }
        slot?.pointee = seed + 1
    }

    private static let say: @convention(c) (Int32) -> Void = { number in
        let slot = pthread_getspecific(key)?.assumingMemoryBound(to: UInt64.self)
        var seed = slot.map { $0.pointee &- 1 } ?? 0
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var at = digits.count
            repeat {
                at -= 1
                digits[at] = 0x30 + UInt8(seed % 10)
                seed /= 10
            } while seed > 0
            let before: StaticString = "\nholdfast: the worker trapped in seed "
            let after: StaticString = ": see it with --seed and --trace\n"
            _ = write(2, before.utf8Start, before.utf8CodeUnitCount)
            _ = write(2, digits.baseAddress! + at, digits.count - at)
            _ = write(2, after.utf8Start, after.utf8CodeUnitCount)
        }
        _exit(128 + number)
    }
}
