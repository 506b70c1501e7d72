// Calls that are known to hang now and then (closing and destroying a client, librdkafka #4381,
// #4528) run on a thread of their own, and are waited for only so long.

import Glibc
import Synchronization

/// Runs work with a bound on how long it is waited for.
enum BoundedCall {
    /// What travels to the thread.
    private final class Box: Sendable {
        let isDone = Atomic<Bool>(false)
        let work: @Sendable () -> Void
        init(work: @escaping @Sendable () -> Void) { self.work = work }
    }

    /// Whether the work ended within the bound; if not, it goes on alone and is never joined.
    static func run(
        millisecondsMax: Int64, _ work: @escaping @Sendable () -> Void
    ) -> Bool {
        let box = Box(work: work)
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                let box = Unmanaged<Box>.fromOpaque(context!).takeRetainedValue()
                box.work()
                box.isDone.store(true, ordering: .releasing)
                return nil
            }, Unmanaged.passRetained(box).toOpaque())
        precondition(failure == 0, "the system gives no more threads")
        pthread_detach(thread)
        let deadline = Monotonic.milliseconds() + millisecondsMax
        while !box.isDone.load(ordering: .acquiring) {
            if Monotonic.milliseconds() >= deadline { return false }
            usleep(500)
        }
        return true
    }
}

/// A pointer that goes to another thread together with its ownership.
struct Handed: @unchecked Sendable { let pointer: OpaquePointer }

/// The clock that bounds waits. Waiting for the network is no decision, so it is no argument.
enum Monotonic {
    static func milliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }
}
