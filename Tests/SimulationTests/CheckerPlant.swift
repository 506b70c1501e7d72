// A small run on the simulated log, and its evidence: what the checkers' own tests spoil.

import Contracts
import Decisions
import EventLog
import EventModel
import Foundation
import Synchronization

@testable import Simulation
@testable import Worker

/// One worker over the simulated log, stepped by hand.
final class CheckerPlant {
    static let deployment = "checked"
    static let registry = try! ContractRegistry(limits: Limits())
    private final class Time: Sendable {
        let milliseconds = Atomic<Int64>(Instant(rfc3339: "2026-01-05T06:00:00Z")!.milliseconds)
        let microseconds = Atomic<Int64>(0)
        var now: Instant { Instant(milliseconds: milliseconds.load(ordering: .relaxed)) }
        func advance(_ delta: Int64) {
            milliseconds.add(delta, ordering: .relaxed)
            microseconds.add(delta * 1_000, ordering: .relaxed)
        }
    }
    private let time = Time()
    private let directory =
        (FileManager.default.isWritableFile(atPath: "/dev/shm")
            ? "/dev/shm/" : NSTemporaryDirectory())
        + "holdfast-checked-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    let log: SimulatedLog
    let thread: StreamThread<SimulatedStreamLog>
    private var number = 0

    init(partitions: Int32 = 2) throws {
        let time = time
        log = SimulatedLog(clock: { time.now })
        let admin = SimulatedLogAdmin(log)
        for topic in Topic.allCases {
            try admin.create(
                topic, as: TopicDescription(partitions: partitions, replication: 1, settings: [:]))
        }
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        var limits = Limits()
        limits.commitIntervalMilliseconds = 2
        var settings = WorkerSettings(
            deployment: Self.deployment, stateDirectory: directory + "/state",
            policy: Policy.standard, limits: limits)
        settings.stopsWhenIdle = true
        let environment = Environment(
            now: { time.now },
            monotonicMicroseconds: { time.microseconds.add(100, ordering: .relaxed).newValue },
            random: { 4 })
        thread = StreamThread(
            log: try SimulatedStreamLog(log, name: "a"), settings: settings,
            environment: environment, index: 0, stop: StopFlag(), registry: Self.registry,
            notify: { _ in })
        try thread.open()
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var now: Instant { time.now }

    /// Steps until everything is decided; the clock moves a millisecond a step.
    func settle(milliseconds: Int64 = 100) throws {
        for _ in 0..<milliseconds {
            try thread.step()
            time.advance(1)
        }
        var steps = 0
        while try !thread.isIdle() {
            try thread.step()
            time.advance(1)
            steps += 1
            if steps > 4_000 { throw CocoaError(.userCancelled) }
        }
    }

    func produce(_ topic: Topic, key: String?, _ value: String?) throws {
        let writer = SimulatedLogWriter(log)
        func lend(_ text: String?, _ body: (ByteView?) throws -> Void) throws {
            guard let text else { return try body(nil) }
            try Array(text.utf8).withUnsafeBytes { try body($0) }
        }
        try lend(key) { key in
            try lend(value) { value in
                try writer.write(
                    topic: topic, partition: nil, key: key, value: value, headers: [])
            }
        }
    }

    func send(
        _ topic: Topic, _ type: String, key: String, id: String? = nil, _ data: String,
        at text: String = "2026-01-05T05:59:00Z"
    ) throws {
        number += 1
        try produce(
            topic, key: key,
            #"{"specversion":"1.0","id":"\#(id ?? "e\(number)")","source":"/plant","#
                + #""type":"\#(type)","time":"\#(text)","data":\#(data)}"#)
    }

    func fail(_ lot: String, severity: String, id: String? = nil) throws {
        try send(
            .mesExecution, "mes.stepFailed.v1", key: lot, id: id,
            #"{"lotId":"\#(lot)","stepId":"s","operation":"o","equipmentId":"press","#
                + #""operatorId":"u","severity":"\#(severity)","failureMode":"jam"}"#)
    }

    func approve(_ change: String, inMilliseconds: Int64) throws {
        let from = Instant(milliseconds: now.milliseconds + inMilliseconds)
        try send(
            .qmsQuality, "qms.changeApproved.v1", key: change,
            #"{"changeId":"\#(change)","effectiveFrom":"\#(from.text)","#
                + #""scope":{"recipes":["R"]},"approvedBy":"a","initiatedBy":"b"}"#)
    }

    /// Holds, releases, refusals, timers that fire, wait and are cancelled, groups that escalate,
    /// duplicates and poison: a little of everything.
    func busyDay() throws {
        try fail("L-1", severity: "major", id: "first")
        try settle()
        try fail("L-2", severity: "minor", id: "second")
        try fail("L-1", severity: "critical", id: "third")
        try fail("L-3", severity: "critical", id: "fourth")
        try fail("L-1", severity: "major", id: "first")
        try produce(.mesExecution, key: "L-4", "{")
        try produce(.mesExecution, key: nil, "[]")
        try settle()
        let hold =
            #"{"holdId":"H1","subject":{"type":"lot","id":"L-1"},"reason":{"code":"x","#
            + #""text":"y"},"owner":"micro"}"#
        try send(.qmsQuality, "qms.holdRequested.v1", key: "L-1", hold)
        try settle()
        let release =
            #"{"holdId":"H1","subject":{"type":"lot","id":"L-1"},"owner":"micro","#
            + #""approver":"z","meaning":"m","signedAt":"2026-01-05T07:00:00Z"}"#
        try send(.qmsQuality, "qms.holdReleaseApproved.v1", key: "L-1", release)
        try send(.qmsQuality, "qms.holdReleaseApproved.v1", key: "L-1", release)
        try send(
            .qmsQuality, "qms.dispositionDecided.v1", key: "L-1",
            #"{"lotId":"L-1","decision":"accepted","decidedBy":"q","meaning":"m","#
                + #""signedAt":"2026-01-05T07:00:00Z"}"#)
        try send(
            .mesExecution, "mes.interlockViolated.v1", key: "L-5",
            #"{"lotId":"L-5","equipmentId":"press","interlock":"guard","operatorId":"u"}"#)
        try send(
            .mesExecution, "mes.stepStarted.v1", key: "L-5",
            #"{"lotId":"L-5","stepId":"s","operation":"o","equipmentId":"p","operatorId":"u"}"#,
            at: "2026-01-05T09:00:00Z")
        try approve("C-past", inMilliseconds: -50)
        try approve("C-soon", inMilliseconds: 150)
        try approve("C-late", inMilliseconds: 900_000)
        try approve("C-off", inMilliseconds: 250)
        try settle()
        try send(
            .qmsQuality, "qms.changeCancelled.v1", key: "C-off",
            #"{"changeId":"C-off","reason":"no"}"#)
        try send(
            .qmsQuality, "qms.changeCancelled.v1", key: "C-past",
            #"{"changeId":"C-past","reason":"no"}"#)
        try send(
            .qmsQuality, "qms.documentApproved.v1", key: "D-1",
            #"{"documentId":"D-1","version":"2","effectiveFrom":"2026-01-05T05:00:00Z"}"#)
        try settle(milliseconds: 500)
    }

    func evidence() throws -> RunEvidence {
        var evidence = RunEvidence(log, deployment: Self.deployment)
        for case let task? in thread.tasks {
            evidence.disks.append(
                try DiskEvidence(
                    task.store, worker: "a", task: task.partition.rawValue, isOwner: true))
        }
        return evidence
    }
}
