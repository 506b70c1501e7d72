// SIGINT and SIGTERM as a count that loops look at. A handler may do next to nothing, so it adds
// one to an atomic; what to do about it is decided where it is safe.

import Glibc
import Synchronization

/// How often the process was asked to stop.
enum StopSignals {
    private static let count = Atomic<Int>(0)

    /// Begins to listen; SIGPIPE is ignored from here on (writes answer EPIPE).
    static func install() {
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGINT, SIGTERM] {
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { _ in StopSignals.note() }
            // No SA_RESTART: a read that waits must end, so that its loop looks.
            sigaction(number, &action, nil)
        }
    }

    private static func note() { count.wrappingAdd(1, ordering: .relaxed) }

    static var received: Int { count.load(ordering: .relaxed) }
}
