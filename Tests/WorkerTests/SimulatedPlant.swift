// A plant on the simulated log: workers that come, die and come back, stepped by hand.

import Contracts
import Decisions
import EventLog
import EventModel
import Foundation
import Simulation
import Synchronization

@testable import Worker

/// Wall time moves when a test says so; monotonic time moves with it and a little at each look.
final class SimulatedTime: Sendable {
    private let milliseconds: Atomic<Int64>
    private let microseconds = Atomic<Int64>(0)
    init(_ text: String = "2026-01-05T06:00:00Z") {
        milliseconds = Atomic(Instant(rfc3339: text)!.milliseconds)
    }
    var now: Instant { Instant(milliseconds: milliseconds.load(ordering: .relaxed)) }
    func advance(milliseconds delta: Int64) {
        milliseconds.add(delta, ordering: .relaxed)
        microseconds.add(delta * 1000, ordering: .relaxed)
    }
    /// The wall clock alone is set to another time.
    func stepWall(milliseconds delta: Int64) { milliseconds.add(delta, ordering: .relaxed) }
    var environment: Environment {
        Environment(
            now: { self.now },
            monotonicMicroseconds: {
                self.microseconds.add(100, ordering: .relaxed).newValue
            },
            random: { 4 })
    }
}

/// A worker of the plant: one process with one stream thread.
final class SimulatedWorker {
    let name: String
    let state: String
    let stream: FaultyStream
    let thread: StreamThread<FaultyStream>
    private let log = SignalLog()
    var signals: [String] { log.signals.map(\.name) }
    /// All that it has told, in order.
    var told: [WorkerSignal] { log.signals }

    init(_ plant: SimulatedPlant, name: String, state: String, gate: RecoveryGate? = nil) throws {
        self.name = name
        self.state = state
        stream = try FaultyStream(plant.log, name: name)
        stream.gate = gate
        var settings = WorkerSettings(
            deployment: SimulatedPlant.deployment, stateDirectory: state, policy: plant.policy,
            limits: plant.limits)
        settings.stopsWhenIdle = true
        let log = log
        thread = StreamThread(
            log: stream, settings: settings, environment: plant.time.environment, index: 0,
            stop: StopFlag(), registry: SimulatedPlant.registry, notify: { log.signals.append($0) })
        try thread.open()
    }

    /// No task is its own, or about to be.
    var hasNothing: Bool { thread.tasks.allSatisfy { $0 == nil } && thread.awaited.isEmpty }

    var dumps: [Int32: [RowChange]] {
        var found: [Int32: [RowChange]] = [:]
        for task in thread.tasks {
            if let task { found[task.partition.rawValue] = task.core.state.dump() }
        }
        return found
    }
}

private final class SignalLog { var signals: [WorkerSignal] = [] }

/// The simulated log with all topics, its time, and a directory for the workers' files.
final class SimulatedPlant {
    static let deployment = "test"
    static let registry = try! ContractRegistry(limits: Limits())
    let time = SimulatedTime()
    let log: SimulatedLog
    let partitions: Int32
    var limits = Limits()
    var policy = Policy.standard
    /// In memory where there is such a place: what a power cut does to files is tested elsewhere.
    let directory =
        (FileManager.default.isWritableFile(atPath: "/dev/shm")
            ? "/dev/shm/" : NSTemporaryDirectory())
        + "holdfast-sim-\(getpid())-\(UInt64.random(in: 0 ... .max))"

    init(partitions: Int32 = 2) throws {
        self.partitions = partitions
        let time = time
        log = SimulatedLog(clock: { time.now })
        limits.commitIntervalMilliseconds = 2
        let admin = SimulatedLogAdmin(log)
        for topic in Topic.allCases {
            try admin.create(
                topic, as: TopicDescription(partitions: partitions, replication: 1, settings: [:]))
        }
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// Starts a worker; its state directory is its name's unless another is named.
    /// - Parameter gate: recovers its tasks on a thread of their own, held by this.
    func start(
        _ name: String, state: String? = nil, gate: RecoveryGate? = nil
    ) throws -> SimulatedWorker {
        try SimulatedWorker(
            self, name: name, state: directory + "/" + (state ?? name), gate: gate)
    }

    /// Copies a state directory as it is now.
    func copyState(_ from: String, to: String) throws {
        let manager = FileManager.default
        try? manager.removeItem(atPath: directory + "/" + to)
        if manager.fileExists(atPath: directory + "/" + from) {
            try manager.copyItem(atPath: directory + "/" + from, toPath: directory + "/" + to)
        }
    }

    func deleteState(_ name: String) {
        try? FileManager.default.removeItem(atPath: directory + "/" + name)
    }

    /// Steps the workers until all are idle.
    func settle(_ workers: SimulatedWorker..., steps: Int = 4_000) throws {
        try settle(workers, steps: steps)
    }

    func settle(_ workers: [SimulatedWorker], steps: Int = 4_000) throws {
        var quiet = 0
        for _ in 0..<steps {
            for worker in workers { try worker.thread.step() }
            time.advance(milliseconds: 1)
            let busy = workers.filter { !$0.hasNothing }
            quiet = try !busy.isEmpty && busy.allSatisfy({ try $0.thread.isIdle() }) ? quiet + 1 : 0
            if quiet == 3 { return }
        }
        throw WorkerError(kind: .setup, message: "no rest in \(steps) steps", hint: "")
    }

    // MARK: - Records in

    func produce(_ topic: Topic, key: String?, _ value: String?, partition: Int32? = nil) throws {
        let writer = SimulatedLogWriter(log)
        try lend(key) { key in
            try lend(value) { value in
                try writer.write(
                    topic: topic, partition: partition.map { Partition($0) }, key: key,
                    value: value, headers: [])
            }
        }
    }

    private func lend(_ text: String?, _ body: (ByteView?) throws -> Void) throws {
        guard let text else { return try body(nil) }
        try Array(text.utf8).withUnsafeBytes { try body($0) }
    }

    func event(_ type: String, _ id: String, source: String, _ data: String) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"\#(source)","type":"\#(type)","#
            + #""time":"2026-01-05T05:59:00Z","data":\#(data)}"#
    }

    func failStep(_ id: String, lot: String, severity: String = "critical", equipment: String = "p")
        throws
    {
        try produce(
            .mesExecution, key: lot,
            event(
                "mes.stepFailed.v1", id, source: "/mes",
                #"{"lotId":"\#(lot)","stepId":"s","operation":"o","equipmentId":"\#(equipment)","#
                    + #""operatorId":"u","severity":"\#(severity)","failureMode":"jam"}"#))
    }

    func approveChange(_ change: String, effectiveFrom: Instant) throws {
        try produce(
            .qmsQuality, key: change,
            event(
                "qms.changeApproved.v1", "approve-\(change)", source: "/qms",
                #"{"changeId":"\#(change)","effectiveFrom":"\#(effectiveFrom.text)","#
                    + #""scope":{"recipes":["R"]},"approvedBy":"a","initiatedBy":"b"}"#))
    }

    // MARK: - Records out

    func committed(_ topic: Topic, _ partition: Int32) throws -> [Committed] {
        try Committed.all(
            of: TopicPartition(topic, Partition(partition)), in: SimulatedLogReader(log))
    }

    /// Ids of the events of a topic, sorted, doubles included; of dead letters, where they came
    /// from.
    func ids(_ topic: Topic) throws -> [String] {
        var found: [String] = []
        for partition in 0..<partitions {
            for record in try committed(topic, partition) {
                found.append(
                    topic != .deadLetters
                        ? record.id
                        : ["hf_topic", "hf_partition", "hf_offset", "hf_reason"]
                            .map { record.headers[$0] ?? "?" }.joined(separator: "/"))
            }
        }
        return found.sorted()
    }

    static let outbound: [Topic] = [.holds, .deviations, .alerts, .changes, .gates, .deadLetters]

    /// All of them.
    func outputs() throws -> [Topic: [String]] {
        var found: [Topic: [String]] = [:]
        for topic in Self.outbound { found[topic] = try ids(topic) }
        return found
    }

    /// Decides all tasks again (`Committed.redecide`).
    func redecide(policies: [Policy] = [.standard], tampered: TamperingReader.Change? = nil) throws
        -> [String]
    {
        let log = log
        return try Committed.redecide(
            partitions: partitions, deployment: Self.deployment, limits: limits, policies: policies
        ) { TamperingReader(SimulatedLogReader(log), tampered) }
    }
}
