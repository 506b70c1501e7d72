// A lost state file: the product's own recovery of a task, from the changelog's first record in the
// log to a task that decides. The clock is the worker's own (signal taskRestored).

import Contracts
import Decisions
import EventLog
import EventModel
import Glibc
import KafkaLog
import Synchronization
import Worker

enum RestoreRun {
    /// `restore bootstrap= prefix= state=DIR rows=N`.
    static func run(_ arguments: BenchArguments) throws -> [(String, Double)] {
        let limits = Limits()
        let found = Mutex<(rows: Int, records: Int, milliseconds: Int64)?>(nil)
        let assigned = Mutex<Meter?>(nil)
        let thread = StreamThread(
            log: KafkaStreamLog(arguments.kafka(), clock: Meter.environment.now),
            settings: WorkerSettings(
                deployment: "bench", stateDirectory: arguments.text("state"), policy: .standard,
                limits: limits),
            environment: Meter.environment, index: 0, stop: StopFlag(),
            registry: try ContractRegistry(limits: limits),
            notify: { signal in
                switch signal {
                case .taskAssigned: assigned.withLock { $0 = Meter() }
                case .taskRestored(_, let rows, let records, _, let milliseconds):
                    found.withLock { $0 = (rows, records, milliseconds) }
                default: break
                }
            })
        try thread.open()
        while found.withLock({ $0 == nil }) { try thread.step() }
        let end = Meter()
        let start = assigned.withLock { $0! }
        let restored = found.withLock { $0! }
        // A worker that was here before may have added a head.
        guard restored.records >= arguments.integer("rows") else {
            Main.stop("restored \(restored.records) records instead of those written")
        }
        let seconds = Double(restored.milliseconds) / 1000
        return [
            ("records", Double(restored.records)), ("rows", Double(restored.rows)),
            ("seconds", seconds), ("recordsPerSecond", Double(restored.records) / seconds),
            (
                "cpuMicrosecondsPerRecord",
                (end.cpu - start.cpu) * 1e6 / Double(restored.records)
            ),
            ("peakMegabytes", Meter.peakMegabytes),
        ]
    }
}
