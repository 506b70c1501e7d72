// Tasks recovered on a thread of their own (docs/decisions/0005): what stays goes on meanwhile, and
// a recovery that nobody wants any more leaves nothing behind.

import EventLog
import EventModel
import Foundation
import Simulation
import Store
import Testing

@testable import Worker

@Suite struct RecoveryLaneTests {
    /// Two tasks with a past, of one worker that has to read it.
    private func begin(limits: (inout Limits) -> Void = { _ in }) throws
        -> (SimulatedPlant, RecoveryGate, SimulatedWorker)
    {
        let plant = try SimulatedPlant(partitions: 2)
        limits(&plant.limits)
        let before = try plant.start("old")
        for partition: Int32 in 0...1 {
            try plant.failStep("f\(partition)", lot: lot(partition))
        }
        try plant.settle(before)
        try before.thread.drain()
        let gate = RecoveryGate()
        return (plant, gate, try plant.start("a", state: "volume", gate: gate))
    }

    private func lot(_ partition: Int32) -> String {
        (0..<100).lazy.map { "L-\($0)" }.first { lot in
            Array(lot.utf8).withUnsafeBytes { Partition.of(key: $0, count: 2) }
                == Partition(partition)
        }!
    }

    private func step(
        _ plant: SimulatedPlant, _ worker: SimulatedWorker, finishing gate: RecoveryGate? = nil,
        others: SimulatedWorker..., until condition: () throws -> Bool
    ) throws {
        for _ in 0..<2_000 {
            if try condition() { return }
            if let gate { try worker.stepFinishing(gate) } else { try worker.thread.step() }
            for other in others { try other.thread.step() }
            plant.time.advance(milliseconds: 2)
        }
        Issue.record("it never came to that")
    }

    /// Both tasks run.
    private func bringBoth(
        _ plant: SimulatedPlant, _ gate: RecoveryGate, _ worker: SimulatedWorker
    ) throws {
        try step(plant, worker, finishing: gate) { worker.thread.runningPartitions.count == 2 }
    }

    @Test func `what stays commits while a task that comes is recovered`() throws {
        let (plant, gate, worker) = try begin()
        try awaitFirst(plant, gate, worker)
        // Task 0 runs; task 1 stands still at its first question.
        for partition: Int32 in 0...1 {
            try plant.failStep("e\(partition)", lot: lot(partition))
        }
        try step(plant, worker) { try plant.ids(.holds).count == 3 }
        #expect(gate.standing == .groupOffsets)
        #expect(worker.thread.awaitedPartitions == [Partition(1)])
        try bringBoth(plant, gate, worker)
        try step(plant, worker) { try plant.ids(.holds).count == 4 }
        try worker.thread.drain()
        #expect(gate.isClosed)
        #expect(try plant.redecide() == [])
    }

    /// Until the first task runs and the second one's recovery has begun.
    private func awaitFirst(
        _ plant: SimulatedPlant, _ gate: RecoveryGate, _ worker: SimulatedWorker
    ) throws {
        try step(plant, worker) { worker.thread.recoveriesUnderWay == 2 }
        try worker.finishTry(gate)
        try step(plant, worker) { !worker.thread.runningPartitions.isEmpty }
        #expect(worker.thread.runningPartitions == [Partition(0)])
        try worker.awaitStanding(gate)
    }

    @Test(arguments: [RecoveryGate.Point.groupOffsets, .reading])
    func `a task that is revoked while it is recovered lets go of its file`(
        point: RecoveryGate.Point
    ) throws {
        let (plant, gate, worker) = try begin()
        if point == .reading { gate.setStopsReading() }
        try plant.failStep("e0", lot: lot(0))
        try plant.failStep("e1", lot: lot(1))
        try step(plant, worker) { worker.thread.recoveriesUnderWay == 2 }
        if point == .reading {
            try worker.awaitStanding(gate)
            gate.letOn()
            awaitPoint(gate, point)
        }
        // The other one takes a task, with its files on the same volume.
        let other = try plant.start("b", state: "volume")
        try step(plant, worker) { worker.signals.contains("taskRevoked") }
        #expect(worker.thread.awaited.count == 1)
        try step(plant, worker, finishing: gate, others: other) {
            worker.thread.runningPartitions.count == 1 && other.thread.runningPartitions.count == 1
        }
        #expect(!worker.signals.contains("failed"))
        #expect(worker.thread.recoveriesUnderWay == 0)
        try step(plant, worker, others: other) { try plant.ids(.holds).count == 4 }
        try plant.settle(worker, other)
        try BadDays.expectSound(plant, worker, other)
        #expect(worker.stream.recordsOut == 0)
    }

    private func awaitPoint(_ gate: RecoveryGate, _ point: RecoveryGate.Point) {
        for _ in 0..<100_000 where gate.standing != point { usleep(100) }
        #expect(gate.standing == point)
    }

    @Test func `a task that is lost and comes back is recovered anew`() throws {
        let (plant, gate, worker) = try begin()
        try plant.failStep("e0", lot: lot(0))
        try plant.failStep("e1", lot: lot(1))
        try awaitFirst(plant, gate, worker)
        let first = try #require(worker.thread.awaited[Partition(1)]?.ticket)
        worker.stream.inner.expireSession()
        try step(plant, worker) { worker.signals.contains("taskLost") }
        #expect(first.isGivenUp)
        try step(plant, worker) { worker.thread.awaited.count == 2 }
        let second = try #require(worker.thread.awaited[Partition(1)]?.ticket)
        #expect(second !== first)
        try bringBoth(plant, gate, worker)
        try step(plant, worker) { try plant.ids(.holds).count == 4 }
        try plant.settle(worker)
        try BadDays.expectSound(plant, worker)
    }

    @Test func `a recovered task that was revoked before it was taken is closed`() throws {
        let (plant, gate, worker) = try begin()
        try step(plant, worker) { worker.thread.recoveriesUnderWay == 2 }
        // It is back, and the loop has not had its turn yet when the group takes both away.
        try worker.finishTry(gate)
        worker.stream.inner.expireSession()
        let heir = try plant.start("b", state: "volume")
        try step(plant, worker, others: heir) { worker.signals.contains("taskLost") }
        try step(plant, worker, finishing: gate, others: heir) {
            worker.thread.runningPartitions.count + heir.thread.runningPartitions.count == 2
                && worker.thread.awaited.isEmpty && heir.thread.awaited.isEmpty
        }
        try plant.settle(worker, heir)
        try BadDays.expectSound(plant, worker, heir)
    }

    @Test func `a worker that is told to stop gives up what is under way`() throws {
        let (plant, gate, worker) = try begin()
        try plant.failStep("e0", lot: lot(0))
        gate.setLuck(.endless)
        try step(plant, worker) { worker.thread.recoveriesUnderWay == 2 }
        // Its reads bring nothing, for ever.
        try worker.awaitStanding(gate)
        gate.letOn()
        let began = DispatchTime.now()
        try worker.thread.drain()
        #expect(gate.isClosed, "the end waits for the other thread")
        #expect(DispatchTime.now().uptimeNanoseconds - began.uptimeNanoseconds < 5_000_000_000)
        let heir = try plant.start("b", state: "volume")
        try plant.settle(heir)
        #expect(!heir.signals.contains("logRetry"), "its files were let go")
        #expect(try plant.ids(.holds).count == 3)
    }

    @Test func `a worker whose recovery hangs stops all the same`() throws {
        let (plant, gate, worker) = try begin { $0.recoveryEndMillisecondsMax = 50 }
        try step(plant, worker) { worker.thread.recoveriesUnderWay == 2 }
        try worker.awaitStanding(gate)
        try worker.thread.drain()
        #expect(!gate.isClosed)
        gate.letOn()
        for _ in 0..<100_000 where !gate.isClosed { usleep(100) }
        #expect(gate.isClosed, "what was left behind lets go when it comes back")
        let heir = try plant.start("b", state: "volume")
        try plant.settle(heir)
        #expect(!heir.signals.contains("logRetry"))
    }

    @Test func `a recovery that fails ends the worker by name`() throws {
        let (plant, gate, worker) = try begin()
        gate.setLuck(.fatal)
        let failure = #expect(throws: WorkerError.self) {
            for _ in 0..<20 { try worker.stepFinishing(gate) }
        }
        #expect(failure?.logError?.code == "OFFSETS_GONE")
        worker.thread.abandon()
        _ = plant
    }

    @Test func `what passes is tried again, and another task does not wait for it`() throws {
        let (plant, gate, worker) = try begin()
        try step(plant, worker) { worker.thread.recoveriesUnderWay == 2 }
        gate.setLuck(.passing)
        try worker.finishTry(gate)
        gate.setLuck(.none)
        // Task 0 was first and is to be tried again; task 1 comes meanwhile.
        try worker.awaitStanding(gate)
        try worker.thread.step()
        #expect(worker.signals.contains("logRetry"))
        try worker.finishTry(gate)
        try worker.thread.step()
        #expect(worker.thread.runningPartitions == [Partition(1)])
        try bringBoth(plant, gate, worker)
    }
}
