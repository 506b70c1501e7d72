// Exactly once, at each place where the commit protocol can break.

import EventLog
import EventModel
import Simulation
import Testing

@testable import Worker

@Suite struct CommitProtocolTests {
    /// Steps a worker until it dies in a commit.
    private func die(_ worker: SimulatedWorker, at point: CrashPoint, _ plant: SimulatedPlant) {
        worker.stream.crash = point
        // Something to decide while the commit is under way.
        worker.stream.beforeCommit = {
            try? plant.failStep("on top", lot: "L-1", equipment: "p2")
        }
        for _ in 0..<200 {
            do { try worker.thread.step() } catch {
                #expect(error.logError?.code == FaultyStream.crashCode)
                let hasOnTop = worker.thread.tasks.contains {
                    $0?.hasOpenBatch == true && $0?.closed != nil
                }
                #expect(hasOnTop == point.isOnTop)
                return
            }
            plant.time.advance(milliseconds: 1)
        }
        Issue.record("it did not commit")
    }

    @Test(arguments: CrashPoint.allCases)
    func `a worker killed in a commit comes back without losing or doubling anything`(
        point: CrashPoint
    ) throws {
        let plant = try SimulatedPlant()
        var worker: SimulatedWorker? = try plant.start("a")
        try plant.failStep("e0", lot: "L-1", equipment: "p0")
        try plant.settle(worker!)
        try plant.failStep("e1", lot: "L-1", equipment: "p1")
        die(worker!, at: point, plant)
        worker!.stream.inner.expireSession()
        worker = nil
        let again = try plant.start("a")
        try plant.failStep("e1", lot: "L-1", equipment: "p1")
        try plant.failStep("e0", lot: "L-1", equipment: "p0")
        try plant.settle(again)
        #expect(again.thread.totals.duplicates == 2)
        #expect(try plant.ids(.holds).count == 3)
        #expect(Set(try plant.ids(.holds)).count == 3)
        #expect(try plant.ids(.deviations).count == 3)
        #expect(try plant.redecide() == [])
    }

    @Test(arguments: [true, false])
    func `an unknown outcome is decided by the head in the log`(applied: Bool) throws {
        let plant = try SimulatedPlant()
        let worker = try plant.start("a")
        try plant.failStep("e1", lot: "L-1")
        worker.stream.inner.failNextCommit(.outcomeUnknown(applied: applied))
        try plant.settle(worker)
        try plant.failStep("e1", lot: "L-1")
        try plant.settle(worker)
        #expect(worker.signals.contains("commitOutcomeUnknown"))
        #expect(try plant.ids(.holds).count == 1)
        #expect(try plant.ids(.alerts).count == 1)
        #expect(worker.thread.totals.duplicates == 1)
        #expect(try plant.redecide() == [])
    }

    @Test func `a batch left open by its own producer is ended before the task is restored`() throws
    {
        let plant = try SimulatedPlant()
        let worker = try plant.start("a")
        try plant.failStep("e1", lot: "L-1")
        worker.stream.inner.failNextCommit(.leftOpen)
        try plant.settle(worker)
        #expect(try plant.ids(.holds).count == 1)
        #expect(try plant.redecide() == [])
    }

    @Test func `a task whose predecessor left a transaction open is awaited, not refused`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        var first: SimulatedWorker? = try plant.start("a")
        try plant.failStep("e1", lot: "L-1")
        die(first!, at: .insideCommit, plant)
        first!.stream.inner.expireSession()
        first = nil
        let second = try plant.start("b")
        for _ in 0..<50 {
            try second.thread.step()
            plant.time.advance(milliseconds: 10)
        }
        #expect(second.signals.contains("logRetry"))
        #expect(try plant.ids(.holds).isEmpty)
        plant.log.expireTransactions()
        for _ in 0..<50 { plant.time.advance(milliseconds: 10); try second.thread.step() }
        try plant.settle(second)
        #expect(try plant.ids(.holds).count == 2)
    }

    @Test func `a rebalance between deciding and committing keeps what stays and drops what goes`()
        throws
    {
        let plant = try SimulatedPlant(partitions: 2)
        let first = try plant.start("a")
        for number in 0..<8 {
            try plant.failStep(
                "s\(number)", lot: "L-\(number)", severity: "minor", equipment: "p\(number)")
        }
        try plant.settle(first)
        // Another member joins after the batches were decided, before they are sent.
        var second: SimulatedWorker?
        first.stream.beforeCommit = {
            if second == nil { second = try? plant.start("b") }
        }
        for number in 0..<8 {
            try plant.failStep("e\(number)", lot: "L-\(number)", equipment: "q\(number)")
        }
        for _ in 0..<50 where second == nil {
            try first.thread.step()
            plant.time.advance(milliseconds: 1)
        }
        try plant.settle(first, #require(second))
        #expect(first.signals.contains("commitRepeated"))
        #expect(first.signals.contains("taskRevoked"))
        #expect(try plant.ids(.holds).count == 8)
        #expect(Set(try plant.ids(.holds)).count == 8)
        #expect(try plant.ids(.deviations).count == 16)
        #expect(try plant.redecide() == [])
    }

    @Test func `a zombie with nothing but a due timer writes nothing`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let zombie = try plant.start("a")
        try plant.approveChange("C-1", effectiveFrom: plant.time.now.advanced(seconds: 60))
        try plant.settle(zombie)
        zombie.stream.inner.expireSession()
        let owner = try plant.start("b")
        for _ in 0..<20 { try owner.thread.step(); plant.time.advance(milliseconds: 1) }
        let audits = try plant.committed(.audit, 0).count
        plant.time.advance(milliseconds: 60_000)
        // It believes that the task is its own until it polls.
        let task = try #require(zombie.thread.tasks[0])
        try zombie.thread.takeToken()
        task.openBatch(monotonic: 0)
        try zombie.thread.beginCommit()
        try zombie.thread.serveCommit()
        #expect(try plant.committed(.audit, 0).count == audits)
        #expect(try plant.ids(.changes).isEmpty)
        try plant.settle(owner, zombie)
        #expect(try plant.ids(.changes).count == 1)
        #expect(try plant.redecide() == [])
    }

    @Test func `a worker that fails gives back every record`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        for number in 0..<40 { try plant.failStep("e\(number)", lot: "L-1") }
        try plant.produce(.signals, key: "k", #"{"kind":"signal","v":99}"#)
        for number in 40..<80 { try plant.failStep("e\(number)", lot: "L-1") }
        let failure = #expect(throws: WorkerError.self) { try plant.settle(worker) }
        #expect(failure?.kind == .newerVersion)
        worker.thread.abandon()
        #expect(worker.stream.recordsOut == 0)
    }

    @Test func `a flood of refused records makes batch records that fit their topic`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        plant.limits.batchRefusedRangesMax = 20
        plant.limits.commitIntervalMilliseconds = 1_000
        let worker = try plant.start("a")
        for number in 0..<200 {
            try plant.produce(.mesExecution, key: "L-1", "{broken")
            try plant.failStep("e\(number)", lot: "L-1", severity: "minor")
        }
        try plant.settle(worker)
        let longest = try plant.committed(.audit, 0).map { $0.text.count }.max() ?? 0
        #expect(longest < 5_000)
        #expect(try plant.ids(.deadLetters).count == 200)
        #expect(try plant.redecide() == [])
    }

    @Test func `of two processes with one name, one stops and says why`() throws {
        let plant = try SimulatedPlant(partitions: 2)
        let first = try plant.start("a")
        first.stream.inner.fencedReaction = .outcomeUnknown
        let second = try plant.start("a", state: "copy")
        second.stream.inner.fencedReaction = .outcomeUnknown
        var failure: WorkerError?
        for number in 0..<600 where failure == nil {
            try plant.failStep("e\(number)", lot: "L-\(number)")
            do {
                try first.thread.step()
                try second.thread.step()
            } catch {
                failure = error
            }
            plant.time.advance(milliseconds: 5)
        }
        let told = try #require(failure)
        #expect(told.message.contains("another process works under this one's name"))
        #expect(told.hint.contains("--instance"))
    }
}
