// Files as a worker leaves them: a local log with a shift in it, decided, and the file of its one
// task; the latter also as a killed worker leaves it, with a WAL that is not yet in the file.

import Contracts
import Decisions
import EventLog
import EventModel
import Store
import Synchronization
import Worker

/// Valid files, made once per process by the product itself.
struct BaseFiles {
    static let deployment = "fuzz"
    static let identity = TaskIdentity(
        deployment: deployment, partition: Partition(0), partitionCount: 1)
    /// All clocks of these files stand still here.
    static let now = Instant(milliseconds: 1_767_592_800_000)
    /// But for the one that counts waits: 20 ms later whenever it is asked, so that nobody waits.
    static var environment: Environment {
        let ticks = Atomic<Int64>(0)
        return Environment(
            now: { now },
            monotonicMicroseconds: { ticks.add(20_000, ordering: .relaxed).newValue },
            random: { 4 })
    }

    private static let registry = Result { try ContractRegistry(limits: Limits()) }

    let log: [UInt8]
    let state: [UInt8]
    /// The file and its WAL as a kill leaves them.
    let killed: (file: [UInt8], wal: [UInt8])

    init() throws {
        let space = Workspace()
        try Self.fill(space.path)
        try Self.work(on: space.path)
        log = space.read("log.sqlite")
        let inner = space.path + "/state/task-0.sqlite"
        state = Workspace.read(inner) ?? []
        let store = try TaskStore.open(directory: space.path + "/state", identity: Self.identity)
        try store.commit(
            rows: [RowChange(key: "lot/L-9", value: Array(#"{"v":1}"#.utf8))], head: nil,
            changelogNext: store.changelogNext ?? Offset(0), savedAt: Self.now)
        killed = (Workspace.read(inner) ?? [], Workspace.read(inner + "-wal") ?? [])
        store.close()
        precondition(!log.isEmpty && !state.isEmpty && !killed.wal.isEmpty, "files were made")
    }

    /// Writes the files into a folder, for people.
    func keep(in folder: String) {
        for (name, bytes) in [
            ("log.sqlite", log), ("task-0.sqlite", state), ("killed.sqlite", killed.file),
            ("killed.sqlite-wal", killed.wal),
        ] { _ = FuzzFiles.write(bytes, to: "\(folder)/\(name)") }
    }

    /// Topics with one partition each, and the shift's records.
    private static func fill(_ directory: String) throws {
        let admin = try LocalLogAdmin(directory: directory)
        for topic in Topic.allCases {
            try admin.create(
                topic, as: TopicDescription(partitions: 1, replication: 1, settings: [:]))
        }
        admin.close()
        let writer = try LocalLogWriter(directory: directory, clock: { now })
        try FuzzSamples.shift.withUnsafeBytes { try write($0, max: 64, to: writer) }
        writer.close()
    }

    /// Writes an input's records, and one with a header that the log must keep.
    static func write(_ input: ByteView, max: Int, to writer: LocalLogWriter) throws {
        var failure: LogError?
        InputRecord.forEach(in: input, max: max) { record in
            do throws(LogError) {
                try writer.write(
                    topic: record.topic, partition: nil, key: record.key, value: record.value,
                    headers: record.headers.map { ($0.name.text, Array($0.value ?? $0.name)) })
            } catch { failure = error }
        }
        if let failure { throw failure }
        try writer.flush()
    }

    /// Runs a worker until everything is decided, or a bounded number of steps.
    static func work(on directory: String, state: String = "/state") throws {
        var settings = WorkerSettings(
            deployment: deployment, stateDirectory: directory + state, policy: .standard,
            limits: Limits())
        settings.stopsWhenIdle = true
        let log = try LocalStreamLog(directory: directory, thread: 0, of: 1, clock: { now })
        let thread = StreamThread(
            log: log, settings: settings, environment: environment, index: 0, stop: StopFlag(),
            registry: try registry.get(), notify: { _ in })
        do {
            try thread.open()
            var steps = 200
            while steps > 0, try !thread.isIdle() {
                try thread.step()
                steps -= 1
            }
            try thread.drain()
        } catch {
            thread.abandon()
            throw error
        }
    }
}
