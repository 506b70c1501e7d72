// Two workers on two threads of which only one ever runs: each goes on when the schedule says so,
// and stops at its next point. So every interleaving of their calls on the log can be tried.

import EventLog
import Glibc
import Synchronization
import Worker

/// A semaphore with a place of its own.
final class CaseSemaphore: @unchecked Sendable {
    private let handle = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    init() { sem_init(handle, 0, 0) }
    deinit {
        sem_destroy(handle)
        handle.deallocate()
    }
    func post() { sem_post(handle) }
    func wait() { while sem_wait(handle) != 0 {} }
}

/// One worker's thread. What it shares with the scheduler is touched by one of them at a time: the
/// semaphores hand it over.
final class CaseTurns: @unchecked Sendable {
    private let worker: CaseWorker
    private let go = CaseSemaphore()
    private let stopped = CaseSemaphore()
    private var thread: PlainThread?
    /// It has nothing to do at the moment.
    private(set) var isIdle = false
    private(set) var isDone = false
    /// Where it stands; nil between its turns.
    private(set) var point: CasePoint?
    /// Why it ended, when not in order.
    private(set) var failure: String?
    /// The next time its turn is over, it drains.
    var mustDrain = false
    /// It stops between turns only, not at every call.
    var isCoarse = false
    /// The tasks that are its own when it drains.
    var owned: Set<Int32> = []

    init(_ worker: CaseWorker) {
        self.worker = worker
        worker.at = { [unowned self] (point) throws(LogError) in
            guard !isCoarse else { return }
            self.point = point
            pause()
        }
        thread = PlainThread { [unowned self] in
            go.wait()
            work()
            isDone = true
            stopped.post()
        }
    }

    /// Lets the worker run to its next point.
    func resume() {
        guard !isDone else { return }
        go.post()
        stopped.wait()
    }

    /// Waits for the thread's end; the worker must be done.
    func join() {
        thread?.join()
        thread = nil
        worker.at = nil
    }

    private func pause() {
        stopped.post()
        go.wait()
    }

    private func work() {
        do {
            while !mustDrain {
                try worker.thread.step()
                isIdle = worker.hasNothing ? true : try worker.thread.isIdle()
                point = nil
                pause()
            }
            try worker.drain(owning: owned)
        } catch {
            failure = "worker \(worker.name): \(error)"
            worker.thread.abandon()
        }
    }
}
