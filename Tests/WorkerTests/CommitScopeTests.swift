// What a commit takes along, and when it comes (docs/decisions/0003 and 0007).

import EventModel
import Testing

@testable import Worker

@Suite struct CommitScopeTests {
    /// Steps a worker, one millisecond each time, until it has committed once more; how long that
    /// took.
    private func untilNextCommit(
        _ worker: SimulatedWorker, _ plant: SimulatedPlant, atMost: Int = 2_000
    ) throws -> Int64 {
        let (commits, began) = (worker.thread.commits, plant.time.now)
        for _ in 0..<atMost where worker.thread.commits == commits {
            try worker.thread.step()
            plant.time.advance(milliseconds: 1)
        }
        #expect(worker.thread.commits == commits + 1)
        return plant.time.now.milliseconds - began.milliseconds
    }

    /// How many tasks the worker's last commit carried.
    private func lastWidth(_ worker: SimulatedWorker) -> Int? {
        worker.told.compactMap {
            if case .batchCommitted(let tasks, _, _, _, _) = $0 { tasks } else { nil }
        }.last
    }

    private func plant(partitions: Int32) throws -> SimulatedPlant {
        let plant = try SimulatedPlant(partitions: partitions)
        plant.limits.commitIntervalMilliseconds = 100
        return plant
    }

    @Test func `a hold commits alone and at once, what else is open at the interval`() throws {
        let plant = try plant(partitions: 4)
        let worker = try plant.start("a")
        for number in 0..<12 { try plant.failStep("a\(number)", lot: "L-\(number)") }
        try plant.settle(worker)
        let before = try plant.ids(.holds).count
        for number in 0..<12 {
            try plant.failStep("b\(number)", lot: "L-\(number)", severity: "minor")
        }
        for _ in 0..<20 { try worker.thread.step() }
        let open = worker.thread.tasks.filter { $0?.hasOpenBatch == true }
        #expect(open.count > 1)
        try plant.failStep("c", lot: "L-1")
        #expect(try untilNextCommit(worker, plant) < 10)
        #expect(lastWidth(worker) == 1)
        #expect(try plant.ids(.holds).count == before + 1)
        #expect(worker.thread.tasks.filter { $0?.hasOpenBatch == true }.count >= open.count - 1)
        _ = try untilNextCommit(worker, plant)
        #expect(try #require(lastWidth(worker)) >= open.count - 1)
        try plant.settle(worker)
        #expect(try plant.redecide() == [])
    }

    @Test func `the others' batches wait for the interval though holds come all the time`() throws {
        let plant = try plant(partitions: 4)
        let worker = try plant.start("a")
        for number in 0..<12 { try plant.failStep("a\(number)", lot: "L-\(number)") }
        try plant.settle(worker)
        for number in 0..<12 {
            try plant.failStep("b\(number)", lot: "L-\(number)", severity: "minor")
        }
        var widths: [Int] = []
        let began = plant.time.now
        for number in 0..<60 {
            try plant.failStep("c\(number)", lot: "L-1")
            _ = try untilNextCommit(worker, plant)
            widths.append(try #require(lastWidth(worker)))
            if widths.last! > 1 { break }
            plant.time.advance(milliseconds: 5)
        }
        #expect(widths.count > 3)
        #expect(widths.last! > 1)
        #expect(plant.time.now.milliseconds - began.milliseconds < 150)
        try plant.settle(worker)
        #expect(try plant.redecide() == [])
    }

    @Test func `a task that must close takes nobody along, but in a backlog`() throws {
        for (age, width) in [(0, 1), (5_000, 4)] {
            let plant = try plant(partitions: 4)
            plant.limits.backlogCommitMilliseconds = 4_000
            let worker = try plant.start("a")
            for number in 0..<12 {
                try plant.failStep("a\(number)", lot: "L-\(number)", severity: "minor")
            }
            plant.time.advance(milliseconds: Int64(age))
            let tasks = { worker.thread.tasks }
            for _ in 0..<40 where !tasks().allSatisfy({ $0?.hasOpenBatch == true }) {
                try worker.thread.step()
            }
            let task = try #require(tasks()[0])
            #expect(tasks().allSatisfy { $0?.hasOpenBatch == true })
            task.core.mustClose = true
            _ = try untilNextCommit(worker, plant)
            #expect(lastWidth(worker) == width)
            try plant.settle(worker)
            #expect(try plant.redecide() == [])
        }
    }

    @Test func `an interval longer than the backlog's own is kept`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        plant.limits.commitIntervalMilliseconds = 3_000
        let worker = try plant.start("a")
        try plant.failStep("a", lot: "L-1", severity: "minor")
        for _ in 0..<40 where worker.thread.tasks[0]?.hasOpenBatch != true {
            try worker.thread.step()
        }
        let opened = try #require(worker.thread.tasks[0]?.openedAt)
        _ = try untilNextCommit(worker, plant, atMost: 4_000)
        #expect(plant.time.environment.monotonicMicroseconds() - opened >= 3_000_000)
    }

    @Test func `a task that has had nothing for long is no backlog to the others`() throws {
        let plant = try plant(partitions: 2)
        plant.limits.backlogCommitMilliseconds = 4_000
        let worker = try plant.start("a")
        // Both tasks have had something once.
        for number in 0..<8 {
            try plant.failStep("a\(number)", lot: "L-\(number)", severity: "minor")
        }
        try plant.settle(worker)
        #expect(worker.thread.tasks.allSatisfy { $0?.core.head != nil })
        plant.time.advance(milliseconds: 60_000)
        try plant.failStep("b", lot: "L-1", severity: "minor")
        // Monotonic time runs on a little at each look, so it is somewhat less than the interval.
        let waited = try untilNextCommit(worker, plant)
        #expect(waited > 20 && waited <= 100)
    }
}
