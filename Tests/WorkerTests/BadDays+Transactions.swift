// Bad days of transactions: timeouts that come back for ever, transactions that hang.

import EventLog
import EventModel
import Simulation
import Testing

@testable import Worker

extension BadDays {
    // apache/kafka#6810: after a transaction timed out, the same number of records was tried again
    // in the next one, which timed out as well. confluentinc/librdkafka#3297: aborting what had
    // timed out was an error that nothing recovered from.
    @Test(arguments: [SimulatedLog.Fault.aborted, .outcomeUnknown(applied: false), .leftOpen])
    func `transactions that time out again and again end with the work done once`(
        fault: SimulatedLog.Fault
    ) throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        for number in 0..<30 { try plant.failStep("e\(number)", lot: "L-\(number)") }
        for _ in 0..<6 { worker.stream.inner.failNextCommit(fault) }
        try plant.settle(worker)
        #expect(worker.stream.commitsTried >= 7)
        #expect(try plant.ids(.holds).count == 30)
        try Self.expectSound(plant, worker)
    }

    // apache/kafka#6810, its cause: the transaction was open while records were decided, so slow
    // deciding ran into its timeout. Here it is opened when all is decided.
    @Test func `however slowly a batch is decided, no transaction is open meanwhile`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        plant.limits.commitIntervalMilliseconds = 4_000
        let worker = try plant.start("a")
        try plant.settle(worker)
        worker.stream.recordsMax = 1
        let commits = worker.stream.commitsTried
        // Just before each commit the coordinator ends whatever has been open for too long.
        worker.stream.beforeCommit = { plant.log.expireTransactions() }
        for number in 0..<5 {
            try plant.failStep("e\(number)", lot: "L-1", severity: "minor")
            for _ in 0..<8 { try worker.thread.step() }
            #expect(worker.thread.tasks[0]?.hasOpenBatch == true)
            // Longer than transaction.timeout.ms.
            plant.time.advance(milliseconds: 20_000)
        }
        try plant.settle(worker, steps: 20_000)
        #expect(worker.stream.commitsTried > commits)
        #expect(!worker.signals.contains("commitRepeated"))
        #expect(!worker.signals.contains("commitOutcomeUnknown"))
        #expect(try plant.ids(.deviations).count == 5)
        try Self.expectSound(plant, worker)
    }

    // twmb/franz-go#581: a transaction hung open, the group's offsets stayed unstable
    // (UNSTABLE_OFFSET_COMMIT), and the partition stood still until somebody recreated the group.
    @Test func `behind a hanging transaction one task waits, aloud, and the others go on`() throws {
        let plant = try SimulatedPlant(partitions: 2)
        var first: SimulatedWorker? = try plant.start("a")
        let second = try plant.start("b")
        try plant.settle(first!, second)
        for number in 0..<20 { try plant.failStep("e\(number)", lot: "L-\(number)") }
        Self.kill(first!, at: .insideCommit, plant)
        first = nil
        try Self.run(plant, second, milliseconds: 3_000)
        let unstable = second.told.contains { signal in
            if case .logRetry(let error) = signal { return error.code == "UNSTABLE_OFFSET_COMMIT" }
            return false
        }
        #expect(unstable)
        // Its own task has decided what it was given meanwhile.
        #expect(second.thread.totals.accepted > 0)
        #expect(second.thread.awaited.count == 1)
        // transaction.timeout.ms
        plant.log.expireTransactions()
        try Self.run(plant, second)
        try plant.settle(second)
        #expect(try plant.ids(.holds).count == 20)
        try Self.expectSound(plant, second)
    }

    // twmb/franz-go#581, the way out that its users did not have: who comes back under its own name
    // ends what it left open, at once.
    @Test func `a pod that comes back ends the transaction that it left open`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        var worker: SimulatedWorker? = try plant.start("a")
        try plant.failStep("e1", lot: "L-1")
        Self.kill(worker!, at: .insideCommit, plant)
        worker = nil
        let again = try plant.start("a")
        try plant.settle(again)
        #expect(!again.signals.contains("logRetry"))
        #expect(try plant.ids(.holds).count == 1)
        try Self.expectSound(plant, again)
    }
}
