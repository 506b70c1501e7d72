// The demo's worker: the one of `holdfast run`, on a thread of this process.

import Synchronization
import Worker

/// A worker that runs beside the demo.
final class DemoWorker {
    /// How far it is.
    final class Readiness: Sendable {
        private let restored = Atomic<Int>(0)

        /// Tasks that read their inputs.
        var tasks: Int { restored.load(ordering: .relaxed) }

        func note(_ signal: WorkerSignal) {
            if case .taskRestored = signal { restored.add(1, ordering: .relaxed) }
        }
    }

    /// How it ended.
    private final class Ending: Sendable {
        let failure = Mutex<CommandError?>(nil)
        let hasEnded = Atomic<Bool>(false)
    }

    let readiness: Readiness
    private let supervisor = Supervisor()
    private let ending = Ending()
    private let thread: PlainThread

    init(_ prepared: (launch: WorkerLaunch, readiness: Readiness)) {
        readiness = prepared.readiness
        let launch = prepared.launch
        thread = PlainThread { [supervisor, ending] in
            do throws(CommandError) { try launch.run(supervisor) } catch {
                ending.failure.withLock { $0 = error }
            }
            ending.hasEnded.store(true, ordering: .releasing)
        }
    }

    var hasEnded: Bool { ending.hasEnded.load(ordering: .acquiring) }

    /// Lets it drain; throws what ended it.
    func finish() throws(CommandError) {
        supervisor.stop.request()
        thread.join()
        if let error = ending.failure.withLock({ $0 }) { throw error }
    }
}
