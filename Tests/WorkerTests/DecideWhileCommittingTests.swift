// What is decided while a commit is under way (docs/decisions/0004), at each way it can end.

import EventLog
import EventModel
import Simulation
import Testing

@testable import Worker

@Suite struct DecideWhileCommittingTests {
    /// Steps until a batch is open on top of one that is under way.
    private func decideOnTop(_ worker: SimulatedWorker, _ plant: SimulatedPlant) throws {
        worker.stream.inner.commitDelay = SimulatedCommitDelay(
            asksBeforeOffsets: 20, asksBeforeEnd: 20)
        try plant.failStep("e1", lot: "L-1", equipment: "p1")
        var isSent = false
        for _ in 0..<30 {
            try worker.thread.step()
            plant.time.advance(milliseconds: 1)
            if !isSent, worker.thread.turn.isUnderWay {
                isSent = true
                try plant.failStep("e2", lot: "L-1", equipment: "p2")
            }
            if hasOnTop(worker) { return }
        }
        Issue.record("nothing was decided on top")
    }

    private func hasOnTop(_ worker: SimulatedWorker) -> Bool {
        worker.thread.tasks.contains { $0?.closed != nil && $0?.hasOpenBatch == true }
    }

    /// Both events had their effects, each once, and the batch records prove it.
    private func requireBoth(_ plant: SimulatedPlant) throws {
        #expect(try plant.ids(.holds).count == 2)
        #expect(Set(try plant.ids(.holds)).count == 2)
        #expect(try plant.ids(.deviations).count == 2)
        #expect(try plant.redecide() == [])
    }

    @Test func `a batch is decided on top of one under way, and goes out after it`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        try decideOnTop(worker, plant)
        #expect(try plant.committed(.audit, 0).isEmpty)
        let tried = worker.stream.commitsTried
        for _ in 0..<5 { try worker.thread.step() }
        #expect(worker.stream.commitsTried == tried, "one transaction is under way at most")
        try plant.settle(worker)
        try requireBoth(plant)
    }

    @Test(arguments: [
        SimulatedLog.Fault.aborted, .outcomeUnknown(applied: true),
        .outcomeUnknown(applied: false), .leftOpen,
    ])
    func `however the commit below ends, what was decided on top has its effects once`(
        fault: SimulatedLog.Fault
    ) throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        worker.stream.inner.failNextCommit(fault)
        try decideOnTop(worker, plant)
        try plant.settle(worker)
        let wasRefused = worker.signals.contains("commitRepeated")
        #expect(wasRefused == (fault == .aborted))
        #expect(worker.signals.contains("storeReopened") == !wasRefused)
        try requireBoth(plant)
    }

    @Test func `a task that is taken away commits what is decided of it first`() throws {
        let plant = try SimulatedPlant(partitions: 2)
        let first = try plant.start("a")
        for number in 0..<8 {
            try plant.failStep("s\(number)", lot: "L-\(number)", severity: "minor")
        }
        try plant.settle(first)
        for number in 0..<8 { try plant.failStep("e\(number)", lot: "L-\(number)") }
        first.stream.inner.commitDelay = SimulatedCommitDelay(asksBeforeEnd: 5)
        while !first.thread.turn.isUnderWay { try first.thread.step() }
        for number in 0..<8 { try plant.failStep("f\(number)", lot: "L-\(number)") }
        try first.thread.step()
        #expect(hasOnTop(first))
        let second = try plant.start("b")
        for _ in 0..<2 { try first.thread.step() }
        #expect(first.signals.contains("taskRevoked"))
        // All of it is out before the partition moves.
        #expect(try plant.ids(.holds).count == 16)
        try plant.settle(first, second)
        #expect(try plant.ids(.holds).count == 16)
        #expect(try plant.redecide() == [])
    }

    @Test func `a task that is lost while its commit is under way is not touched by the outcome`()
        throws
    {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        try decideOnTop(worker, plant)
        worker.stream.inner.expireSession()
        // It learns of its loss, joins again and is given the task, whose old commit is under way.
        for _ in 0..<4 { try worker.thread.step() }
        #expect(worker.signals.contains("taskLost"))
        #expect(worker.thread.turn.isUnderWay)
        #expect(worker.thread.tasks[0] == nil)
        #expect(worker.thread.awaited[Partition(0)] != nil)
        try plant.settle(worker)
        try requireBoth(plant)
    }

    @Test func `a drain waits for what is under way and commits what is on top`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        try decideOnTop(worker, plant)
        // It comes too late for the drain, whose last batch must not cover it.
        try plant.failStep("e3", lot: "L-1", severity: "minor", equipment: "p3")
        try worker.thread.drain()
        #expect(try plant.ids(.holds).count == 2)
        let again = try plant.start("b")
        try plant.settle(again)
        #expect(again.thread.totals.duplicates == 0)
        #expect(try plant.ids(.deviations).count == 3)
        #expect(try plant.redecide() == [])
    }

    @Test func `while a commit is under way, little is polled beyond what can be decided`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        plant.limits.batchRecordsMax = 4
        plant.limits.inHandRecordsMax = 10
        let worker = try plant.start("a")
        worker.stream.inner.commitDelay = SimulatedCommitDelay(asksBeforeEnd: 50)
        worker.stream.recordsMax = 5
        for number in 0..<60 {
            try plant.failStep("e\(number)", lot: "L-1", severity: "minor")
        }
        var most = 0
        for _ in 0..<200 {
            try worker.thread.step()
            most = max(most, worker.stream.recordsOut)
        }
        #expect(most > 4 && most < 20)
        worker.stream.inner.commitDelay = SimulatedCommitDelay()
        worker.stream.recordsMax = 1_000
        try plant.settle(worker)
        #expect(worker.thread.totals.records >= 60)
        #expect(try plant.redecide() == [])
    }
}
