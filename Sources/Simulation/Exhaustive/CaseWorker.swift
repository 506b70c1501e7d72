// One worker of a case: a process with one stream thread and a disk of its own.

import Decisions
import EventLog
import EventModel
import Store
import Worker

/// A worker that can be killed and started again. Used by one thread at a time.
final class CaseWorker {
    static let directory = "/state"
    let name: String
    let disk: SimulatedDisk
    private let world: CaseWorld
    private(set) var stream: CaseStream
    private(set) var thread: StreamThread<CaseStream>
    /// Names of the signals of all its lives.
    private(set) var signals: [String] = []
    /// Told at each point of each life.
    var at: ((CasePoint) throws(LogError) -> Void)? { didSet { stream.at = at } }

    /// A bug in all of its lives.
    private let defect: CaseDefect?

    init(
        _ world: CaseWorld, name: String, disk: SimulatedDisk, defect: CaseDefect? = nil
    ) throws {
        self.defect = defect
        self.world = world
        self.name = name
        self.disk = disk
        (stream, thread) = try Self.process(world, name, disk, notify: { _ in })
        try start()
    }

    private static func process(
        _ world: CaseWorld, _ name: String, _ disk: SimulatedDisk,
        notify: @escaping (WorkerSignal) -> Void
    ) throws -> (CaseStream, StreamThread<CaseStream>) {
        let stream = try CaseStream(world.log, name: name)
        var settings = WorkerSettings(
            deployment: CaseWorld.deployment, stateDirectory: directory, policy: Policy.standard,
            limits: world.limits)
        settings.files = disk
        let thread = StreamThread(
            log: stream, settings: settings, environment: world.clock.environment, index: 0,
            stop: StopFlag(), registry: world.registry, notify: notify)
        return (stream, thread)
    }

    private func start() throws {
        (stream, thread) = try Self.process(world, name, disk) { [unowned self] in
            signals.append($0.name)
        }
        stream.at = at
        stream.defect = defect
        try thread.open()
    }

    /// The process dies and another takes its place; the group notices at once.
    /// - Parameter fate: what becomes of what its disk had not synced; `.kept` when only the
    ///   process dies.
    func restart(_ fate: DiskFate) throws {
        die(fate)
        try start()
    }

    func die(_ fate: DiskFate) {
        // The disk first: what follows in this process no longer reaches it.
        disk.crash(fate)
        stream.at = nil
        thread.abandon()
        stream.inner.expireSession()
    }

    /// It has no task, and none on the way.
    var hasNothing: Bool {
        thread.runningPartitions.isEmpty && thread.awaitedPartitions.isEmpty
    }

    /// Numbers of the tasks that run here.
    var tasks: Set<Int32> { Set(thread.runningPartitions.map(\.rawValue)) }

    /// What the disk holds of all tasks. Nobody has their files open.
    func evidence() throws(StoreError) -> [DiskEvidence] {
        var found: [DiskEvidence] = []
        for number in 0..<world.partitions {
            guard disk.size(of: "\(Self.directory)/task-\(number).sqlite") != nil else { continue }
            let store = try TaskStore.open(
                directory: Self.directory,
                identity: TaskIdentity(
                    deployment: CaseWorld.deployment, partition: Partition(number),
                    partitionCount: world.partitions),
                files: disk)
            defer { store.close() }
            found.append(
                try DiskEvidence(store, worker: name, task: number, isOwner: owned.contains(number))
            )
        }
        return found
    }

    /// The tasks it had when it was drained: their files must be at the end of the log.
    private var owned: Set<Int32> = []

    /// Ends in order.
    func drain(owning tasks: Set<Int32>) throws(WorkerError) {
        owned = tasks
        try thread.drain()
    }
}
