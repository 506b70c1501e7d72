// One stream thread of the product over a log that is full: the whole pipeline, from poll to
// commit, until everything is decided, its own signals included.

import Contracts
import Decisions
import EventLog
import EventModel
import Glibc
import KafkaLog
import Synchronization
import Worker

enum WorkRun {
    static func run(_ arguments: BenchArguments) throws -> [(String, Double)] {
        if arguments.isLocal {
            return try measure(
                LocalStreamLog(
                    directory: arguments.text("local"), thread: 0, of: 1,
                    clock: Meter.environment.now), arguments)
        }
        return try measure(
            KafkaStreamLog(arguments.kafka(), clock: Meter.environment.now), arguments)
    }

    /// From the first task's start of delivery until nothing has come for a while; time and CPU are
    /// those of the last commit that decided something.
    private static func measure<Log: StreamLog>(
        _ log: Log, _ arguments: BenchArguments
    ) throws -> [(String, Double)] {
        let count = arguments.integer("events")
        let limits = Limits()
        let restored = Atomic<Int>(0)
        let committing = Atomic<Int>(0)
        let thread = StreamThread(
            log: log,
            settings: WorkerSettings(
                deployment: "bench", stateDirectory: arguments.text("state"),
                policy: arguments.policy,
                limits: limits),
            environment: Meter.environment, index: 0, stop: StopFlag(),
            registry: try ContractRegistry(limits: limits),
            notify: { signal in
                if case .taskRestored = signal { restored.add(1, ordering: .relaxed) }
                if case .batchCommitted(_, _, _, _, let milliseconds) = signal {
                    committing.add(Int(milliseconds), ordering: .relaxed)
                }
            })
        try thread.open()
        var start = Meter()
        while restored.load(ordering: .relaxed) == 0 {
            start = Meter()
            try thread.step()
        }
        var end = Meter()
        var mesDecided: Meter?
        var commits = thread.commits
        var decided: Int64 = -1
        while true {
            try thread.step()
            guard thread.commits != commits else {
                if thread.totals.records >= Int64(count),
                    Meter.seconds(CLOCK_MONOTONIC) - end.wall > 0.5
                {
                    break
                }
                continue
            }
            commits = thread.commits
            guard thread.totals.records != decided else { continue }
            decided = thread.totals.records
            end = Meter()
            if mesDecided == nil, decided >= Int64(count) { mesDecided = end }
        }
        let totals = thread.totals
        return end.figures(of: count, since: start) + [
            ("secondsToInputs", (mesDecided ?? end).wall - start.wall),
            ("secondsCommitting", Double(committing.load(ordering: .relaxed)) / 1000),
            ("commits", Double(thread.commits)), ("decided", Double(totals.records)),
            ("accepted", Double(totals.accepted)), ("duplicates", Double(totals.duplicates)),
            ("refused", Double(totals.refused)), ("outbound", Double(totals.outbound)),
            ("signals", Double(totals.signals)),
        ]
    }
}
