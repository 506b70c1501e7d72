// Bad days that users of other stream processors and alert managers reported: each is made again
// here, and must be a day like any other. docs/testing.md has the table; a test compares the two.
//
// What a run leaves behind is judged by the checkers each time, so that a day which looks well on
// one topic is not well by luck.

import EventLog
import EventModel
import Simulation
import Store
import Testing

@testable import Worker

@Suite struct BadDays {
    /// Steps a worker until it dies in a commit; the group notices.
    static func kill(_ worker: SimulatedWorker, at point: CrashPoint, _ plant: SimulatedPlant) {
        worker.stream.crash = point
        for _ in 0..<400 {
            do { try worker.thread.step() } catch {
                #expect(error.logError?.code == FaultyStream.crashCode)
                worker.stream.inner.expireSession()
                return
            }
            plant.time.advance(milliseconds: 1)
        }
        Issue.record("it did not commit")
    }

    /// Lets workers run for a while of simulated time.
    static func run(
        _ plant: SimulatedPlant, _ workers: SimulatedWorker..., milliseconds: Int64 = 1_000
    ) throws {
        for _ in 0..<milliseconds / 10 {
            for worker in workers { try worker.thread.step() }
            plant.time.advance(milliseconds: 10)
        }
    }

    /// The checkers have nothing to say, and all tasks have an owner.
    static func expectSound(_ plant: SimulatedPlant, _ workers: SimulatedWorker...) throws {
        var evidence = RunEvidence(plant.log, deployment: SimulatedPlant.deployment)
        evidence.rules.dedupeBucketSeconds = plant.limits.dedupeBucketSeconds
        evidence.rules.dedupeWindowSeconds = plant.limits.dedupeWindowSeconds
        for worker in workers {
            for case let task? in worker.thread.tasks {
                evidence.disks.append(
                    try DiskEvidence(
                        task.store, worker: worker.name, task: task.partition.rawValue,
                        isOwner: true))
            }
        }
        #expect(evidence.disks.count == Int(plant.partitions))
        #expect(Checkers.examine(evidence) == [])
    }

    /// A failed step on equipment `press`, at a time of day of its own.
    static func fail(
        _ plant: SimulatedPlant, _ id: String, lot: String, severity: String, at time: String
    ) throws {
        try plant.produce(
            .mesExecution, key: lot,
            #"{"specversion":"1.0","id":"\#(id)","source":"/mes","type":"mes.stepFailed.v1","#
                + #""time":"2026-01-05T\#(time)Z","data":{"lotId":"\#(lot)","stepId":"s","#
                + #""operation":"o","equipmentId":"press","operatorId":"u","#
                + #""severity":"\#(severity)","failureMode":"jam"}}"#)
    }

    /// Texts of what was committed to a topic, all partitions.
    static func texts(_ plant: SimulatedPlant, _ topic: Topic) throws -> [String] {
        try (0..<plant.partitions).flatMap { try plant.committed(topic, $0).map(\.text) }
    }

    /// How many records of the changelog the last restore had to read.
    static func changelogRead(_ worker: SimulatedWorker) -> Int? {
        for case .taskRestored(_, _, let records, _, _) in worker.told.reversed() {
            return records
        }
        return nil
    }
}
