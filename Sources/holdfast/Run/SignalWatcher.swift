// SIGTERM and SIGINT: the first one drains and commits, the second one ends the process at once,
// which is safe because Kafka decides what happened. SIGPIPE is nobody's business here.

import Glibc
import Worker

/// Waits for signals on a thread of its own.
enum SignalWatcher {
    /// Blocks the signals in this thread and all made after it, and waits for them elsewhere. Call
    /// it before any other thread is made. `drained` is the time after which the process ends
    /// itself.
    static func start(onStop: @escaping @Sendable () -> Void) {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
        _ = PlainThread {
            var set = sigset_t()
            sigemptyset(&set)
            sigaddset(&set, SIGTERM)
            sigaddset(&set, SIGINT)
            var signal: Int32 = 0
            while sigwait(&set, &signal) != 0 {}
            onStop()
            while sigwait(&set, &signal) != 0 {}
            _exit(128 + signal)
        }
    }
}
