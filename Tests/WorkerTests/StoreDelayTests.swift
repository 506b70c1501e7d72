// When a task's file follows the log: not for each batch while there is work, and at once when
// there is none.

import EventModel
import Simulation
import Testing

@testable import Worker

@Suite struct StoreDelayTests {
    /// Works for that long with a record every millisecond; answers how many batches were
    /// committed and how often the file took some.
    private func work(
        _ worker: SimulatedWorker, _ plant: SimulatedPlant, milliseconds: Int
    ) throws -> (commits: Int, stores: Int) {
        var stores = 0
        var wasUnstored = false
        let before = worker.thread.commits
        for number in 0..<milliseconds {
            try plant.failStep("s\(number)", lot: "L-\(number % 7)", severity: "minor")
            try worker.thread.step()
            plant.time.advance(milliseconds: 1)
            let isUnstored = worker.thread.tasks.contains { $0?.hasUnstored == true }
            if wasUnstored, !isUnstored { stores += 1 }
            wasUnstored = isUnstored
        }
        return (worker.thread.commits - before, stores)
    }

    @Test func `while there is work, the file takes the batches of a second together`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        try plant.settle(worker)
        let (commits, stores) = try work(worker, plant, milliseconds: 3_500)
        #expect(commits >= 100)
        #expect((2...4).contains(stores), "\(stores)")
        try plant.settle(worker)
        #expect(worker.thread.tasks.allSatisfy { $0?.hasUnstored != true })
    }

    @Test func `so many bytes do not wait`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        plant.limits.unstoredBytesMax = 1_000
        let worker = try plant.start("a")
        try plant.settle(worker)
        let (commits, stores) = try work(worker, plant, milliseconds: 300)
        #expect(commits >= 20 && stores >= 5, "\(commits), \(stores)")
    }

    @Test func `a worker that dies before its file has followed loses nothing`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        try plant.settle(worker)
        _ = try work(worker, plant, milliseconds: 200)
        #expect(worker.thread.tasks.contains { $0?.hasUnstored == true })
        // What a machine that dies now leaves behind.
        try plant.copyState("a", to: "b")
        try plant.settle(worker)
        try worker.thread.drain()
        let next = try plant.start("a", state: "b")
        // The same ids again: each is known, although the file had not seen them.
        for number in 0..<200 {
            try plant.failStep("s\(number)", lot: "L-\(number % 7)", severity: "minor")
        }
        try plant.settle(next)
        #expect(next.thread.totals.accepted == 0)
        #expect(next.thread.totals.duplicates == 200)
        #expect(try plant.redecide() == [])
    }
}
