// Where the tasks of a stream thread are recovered, one after the other: on a thread of its own
// (docs/decisions/0005), or in place, one for each turn of the stream's loop.
//
// Who has what: tickets that are asked for and outcomes that are put down lie between the two
// threads, under the lock. A task and its file belong to the thread that recovers until the outcome
// has been put down, and to the stream thread from the moment it has taken it; the lock orders the
// two, so neither needs one of its own. The recoverer and its clients are never the stream thread's
// while there is another one.

import EventLog
import Glibc

/// Takes tickets and gives back outcomes, in the same order.
///
///     begin --> asked --> at work --> done --> finished
///
/// Sendable although it holds things that are not: see above for who touches them when.
final class RecoveryLane: @unchecked Sendable {
    private let recoverer: TaskRecoverer
    private let hasThread: Bool

    // Everything below is touched under `mutex` alone; the pointers keep their addresses.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var asked: [RecoveryTicket] = []
    private var done: [RecoveryOutcome] = []
    private var atWork: RecoveryTicket?
    private var isEnding = false
    private var hasEnded = false

    /// - Parameter hasThread: false: recoveries are made in `finished`, by its caller.
    init(_ recoverer: TaskRecoverer, hasThread: Bool) {
        self.recoverer = recoverer
        self.hasThread = hasThread
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
        if hasThread { PlainThread.startAlone { [self] in work() } }
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Hands a ticket over.
    func begin(_ ticket: RecoveryTicket) {
        locked {
            precondition(!isEnding, "nothing is begun after the end")
            asked.append(ticket)
            pthread_cond_broadcast(changed)
        }
    }

    /// What has been put down since; also what nobody wants any more. In place, this is also where
    /// the next one is recovered. A task that is back is taken with the next call: between the two
    /// lies a poll, as with a thread. What fails is told at once.
    func finished() -> [RecoveryOutcome] {
        var found = takeDone()
        if !hasThread, let ticket = locked({ next() }) {
            let outcome = recoverer.recover(ticket)
            put(outcome)
            if case .failure = outcome.result { found += takeDone() }
        }
        return found
    }

    private func takeDone() -> [RecoveryOutcome] {
        locked {
            defer { done.removeAll() }
            return done
        }
    }

    /// Another call of `finished` has something to do at once.
    var hasMore: Bool { locked { !done.isEmpty || !hasThread && !asked.isEmpty } }

    /// Gives everything up and waits for the thread's end, at most so long: what hangs goes on
    /// alone, with what it holds, and is nobody's.
    func end(millisecondsMax: Int64) {
        let left = locked {
            isEnding = true
            for ticket in asked { ticket.giveUp() }
            atWork?.giveUp()
            pthread_cond_broadcast(changed)
            if hasThread {
                wait(until: Self.instant(afterMilliseconds: millisecondsMax)) { hasEnded }
            }
            defer { done.removeAll() }
            return done
        }
        for outcome in left { outcome.drop() }
        if !hasThread { recoverer.log.close() }
    }

    // MARK: - The thread

    private func work() {
        recoverer.log.warm()
        while let ticket = nextTicket() { put(recoverer.recover(ticket)) }
        recoverer.log.close()
        locked {
            hasEnded = true
            pthread_cond_broadcast(changed)
        }
    }

    /// Waits for a ticket; nil at the end.
    private func nextTicket() -> RecoveryTicket? {
        while true {
            let (ticket, isOver): (RecoveryTicket?, Bool) = locked {
                wait(until: Self.instant(afterMilliseconds: Self.restMilliseconds)) {
                    isEnding || !asked.isEmpty
                }
                return isEnding ? (nil, true) : (next(), false)
            }
            if let ticket { return ticket }
            if isOver { return nil }
            recoverer.log.rest()
        }
    }

    /// How often clients that have nothing to do are looked after.
    private static let restMilliseconds: Int64 = 1_000

    // MARK: - Under the lock

    private func next() -> RecoveryTicket? {
        guard !asked.isEmpty else { return nil }
        let ticket = asked.removeFirst()
        atWork = ticket
        return ticket
    }

    /// Puts an outcome down; one that nobody wants any more is closed here.
    private func put(_ outcome: RecoveryOutcome) {
        let isWanted = locked {
            atWork = nil
            let isWanted = !outcome.ticket.isGivenUp
            if isWanted { done.append(outcome) }
            return isWanted
        }
        guard !isWanted else { return }
        outcome.drop()
        locked { done.append(outcome.withoutTask) }
    }

    private func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    private func wait(until deadline: timespec, for condition: () -> Bool) {
        var deadline = deadline
        while !condition() {
            guard pthread_cond_timedwait(changed, mutex, &deadline) == 0 else { return }
        }
    }

    private static func instant(afterMilliseconds milliseconds: Int64) -> timespec {
        var instant = timespec()
        clock_gettime(CLOCK_MONOTONIC, &instant)
        let nanoseconds = instant.tv_nsec + Int(milliseconds % 1000) * 1_000_000
        instant.tv_sec += Int(milliseconds / 1000) + nanoseconds / 1_000_000_000
        instant.tv_nsec = nanoseconds % 1_000_000_000
        return instant
    }
}
