// A worker process of a world: one real stream thread, its clock, its way to the log, its disk.

import EventLog
import EventModel
import Worker

/// One life of a process.
final class WorldProcess {
    let name: String
    /// Where its files are.
    let disk: SimulatedDisk
    let clock: MachineClock
    let stream: WorldStream
    let thread: StreamThread<WorldStream>
    /// Stopped (SIGSTOP, a long pause of its machine) until this true time.
    var pausedUntil: Int64?
    /// It is in the middle of a step: the others may work meanwhile, it may not.
    var isBusy = false

    init(
        name: String, disk: SimulatedDisk, clock: MachineClock, stream: WorldStream,
        thread: StreamThread<WorldStream>
    ) {
        self.name = name
        self.disk = disk
        self.clock = clock
        self.stream = stream
        self.thread = thread
    }

    /// Its heartbeats reach the group: they come from a thread of its own, whatever it does.
    var beats: Bool { pausedUntil == nil && !stream.isDead }

    /// Whether what it owns has nothing left to do; a process that owns nothing is idle.
    func isIdle() throws(WorkerError) -> Bool {
        guard thread.awaitedPartitions.isEmpty else { return false }
        return try thread.runningPartitions.isEmpty ? true : thread.isIdle()
    }
}
