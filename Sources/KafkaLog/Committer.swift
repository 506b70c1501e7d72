// The thread on which a stream's transactions are committed: librdkafka's calls for it block for as
// long as the broker takes (30-100 ms in a backlog), and the stream thread decides the next batch
// meanwhile (docs/decisions/0004). One job at a time; what it uses belongs to it until its outcome
// is told.

import EventLog
import Glibc

/// Runs commits one after the other, on a plain thread of its own.
///
///     idle --begin--> asked --> working --> done --outcome--> idle
final class Committer: @unchecked Sendable {
    typealias Job = () -> Result<CommitReceipt, LogError>

    private enum State {
        case idle
        case asked(Job)
        case working
        case done(Result<CommitReceipt, LogError>)
    }

    // Everything below is touched under `mutex` alone; the pointers keep their addresses.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var state = State.idle
    private var isEnding = false
    /// Called when a job has ended, on the committer's thread, under the lock: so it is never
    /// called after `end`.
    private var wake: (() -> Void)?

    /// Starts the thread.
    /// - Parameter wake: makes the stream thread return from its poll.
    init(wake: @escaping () -> Void) {
        self.wake = wake
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(changed, &attributes)
        pthread_condattr_destroy(&attributes)
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Committer>.fromOpaque(context!).takeRetainedValue().work()
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(failure == 0, "the system gives no more threads")
        pthread_detach(thread)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Hands a job over.
    func begin(_ job: @escaping Job) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard case .idle = state else { preconditionFailure("one commit is under way at a time") }
        state = .asked(job)
        pthread_cond_broadcast(changed)
    }

    /// What became of the job, told once; nil when it has not ended within that time.
    func outcome(timeoutMilliseconds: Int32) -> Result<CommitReceipt, LogError>? {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        let nanoseconds = deadline.tv_nsec + Int(timeoutMilliseconds % 1000) * 1_000_000
        deadline.tv_sec += Int(timeoutMilliseconds / 1000) + nanoseconds / 1_000_000_000
        deadline.tv_nsec = nanoseconds % 1_000_000_000
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            switch state {
            case .idle: preconditionFailure("no commit is under way")
            case .done(let result):
                state = .idle
                return result
            case .asked, .working:
                guard timeoutMilliseconds > 0,
                    pthread_cond_timedwait(changed, mutex, &deadline) == 0
                else {
                    if case .done = state { continue }
                    return nil
                }
            }
        }
    }

    /// Ends the thread, after the job it is at. False when that has not ended within the bound: it
    /// goes on alone, with what it holds, and nobody learns of it.
    func end(millisecondsMax: Int64) -> Bool {
        pthread_mutex_lock(mutex)
        isEnding = true
        wake = nil
        var isBusy = false
        switch state {
        case .idle, .done: break
        case .asked, .working: isBusy = true
        }
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
        return !isBusy || outcome(timeoutMilliseconds: Int32(millisecondsMax)) != nil
    }

    private func work() {
        pthread_mutex_lock(mutex)
        while true {
            if case .asked(let job) = state {
                state = .working
                pthread_mutex_unlock(mutex)
                let result = job()
                pthread_mutex_lock(mutex)
                state = .done(result)
                pthread_cond_broadcast(changed)
                wake?()
            } else if isEnding {
                break
            } else {
                pthread_cond_wait(changed, mutex)
            }
        }
        pthread_mutex_unlock(mutex)
    }
}
