// Runs stream threads as plain threads and waits for them. One that fails stops the others: a
// worker that is half alive would look healthy.

package import EventLog
package import EventModel
import Contracts
import Glibc
import Synchronization

/// Starts the stream threads of a process.
package final class Supervisor: Sendable {
    package let stop = StopFlag()
    private let failure = Mutex<WorkerError?>(nil)
    private let counts = Mutex<(totals: BatchCounts, commits: Int)>((BatchCounts(), 0))

    package init() {}

    /// Runs one thread per log that `makeLog` makes, until stopped or failed. Throws the first
    /// failure.
    package func run<Log: StreamLog>(
        threads: Int, settings: WorkerSettings, environment: Environment,
        notify: @escaping @Sendable (WorkerSignal) -> Void,
        makeLog: @escaping @Sendable (_ thread: Int) throws(LogError) -> Log
    ) throws(WorkerError) {
        let registry: ContractRegistry
        do {
            registry = try ContractRegistry(limits: settings.limits)
        } catch {
            throw WorkerError(
                kind: .setup, message: "the built-in contracts do not compile: \(error)",
                hint: "This is a defect of this build.")
        }
        let running = (0..<threads).map { index in
            PlainThread { [self] in
                do throws(WorkerError) {
                    try joiningAgain(index, settings, environment, notify) {
                        () throws(WorkerError) in
                        let log: Log
                        do throws(LogError) { log = try makeLog(index) } catch {
                            throw WorkerError(error)
                        }
                        try live(
                            StreamThread(
                                log: log, settings: settings, environment: environment,
                                index: index, stop: stop, registry: registry, notify: notify))
                    }
                } catch {
                    notify(.failed(thread: index, why: error.description))
                    failure.withLock { if $0 == nil { $0 = error } }
                    stop.request()
                }
            }
        }
        for thread in running { thread.join() }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// One membership of a thread, from joining to leaving.
    private func live<Log: StreamLog>(_ thread: StreamThread<Log>) throws(WorkerError) {
        defer { note(thread.totals, commits: thread.commits) }
        do throws(WorkerError) {
            try thread.open()
            try thread.run()
        } catch {
            thread.abandon()
            throw error
        }
    }

    /// A thread whose name in the group was taken joins again, once in a while: the other may have
    /// been itself, for a group coordinator that dies can lose the answer to a join (seen when a
    /// broker was killed). Of two processes of one name the one that is put out for the second time
    /// ends.
    private func joiningAgain(
        _ index: Int, _ settings: WorkerSettings, _ environment: Environment,
        _ notify: @Sendable (WorkerSignal) -> Void, _ live: () throws(WorkerError) -> Void
    ) throws(WorkerError) {
        var lastTime: Int64?
        while true {
            do throws(WorkerError) {
                return try live()
            } catch {
                guard error.logError?.reaction == .surrenderPartitions else { throw error }
                // Everything was let go: that is all that was asked for.
                if stop.isRequested { return }
                let now = environment.monotonicMicroseconds()
                let pause = lastTime.map { now - $0 } ?? .max
                guard pause / 1000 >= settings.limits.joinAgainMillisecondsMin else { throw error }
                lastTime = now
                notify(.joinedAgain(thread: index))
            }
        }
    }

    /// Counts of all threads together, after `run`.
    package var totals: (BatchCounts, commits: Int) {
        counts.withLock { ($0.totals, $0.commits) }
    }

    private func note(_ other: BatchCounts, commits: Int) {
        counts.withLock {
            $0.totals.add(other)
            $0.commits += commits
        }
    }
}

/// A thread of the operating system that runs one closure.
package final class PlainThread {
    private var thread = pthread_t()

    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    package init(_ body: @escaping @Sendable () -> Void) {
        let context = Unmanaged.passRetained(Body(body)).toOpaque()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 8 << 20)
        let result = pthread_create(&thread, &attributes, PlainThread.enter, context)
        pthread_attr_destroy(&attributes)
        precondition(result == 0, "the system gives no more threads")
    }

    /// One that nobody joins.
    static func startAlone(_ body: @escaping @Sendable () -> Void) {
        pthread_detach(PlainThread(body).thread)
    }

    package func join() { pthread_join(thread, nil) }

    private static let enter:
        @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
            context in
            Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
            return nil
        }
}
