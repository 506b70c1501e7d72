// When a task's file follows the log: not for each batch while there is work, and at once when
// there is none.

import EventModel
import Simulation
import Testing

@testable import Worker

@Suite struct StoreDelayTests {
    /// Works for that long with a record every millisecond; answers how many batches were
    /// committed, and after how many turns the file lacked some of them.
    private func work(
        _ worker: SimulatedWorker, _ plant: SimulatedPlant, milliseconds: Int
    ) throws -> (commits: Int, behind: Int) {
        var behind = 0
        let before = worker.thread.commits
        for number in 0..<milliseconds {
            try plant.failStep("s\(number)", lot: "L-\(number % 7)", severity: "minor")
            try worker.thread.step()
            plant.time.advance(milliseconds: 1)
            if worker.thread.tasks.contains(where: { $0?.hasUnstored == true }) { behind += 1 }
        }
        return (worker.thread.commits - before, behind)
    }

    @Test func `while there is work, the file takes the batches of a second together`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        try plant.settle(worker)
        let (commits, behind) = try work(worker, plant, milliseconds: 3_500)
        #expect(commits >= 100 && behind > 3_000, "\(commits), \(behind)")
        try plant.settle(worker)
        #expect(worker.thread.tasks.allSatisfy { $0?.hasUnstored != true })
    }

    @Test func `after a second the file follows, however much there is to do`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        plant.limits.storeDelayMilliseconds = 50
        let worker = try plant.start("a")
        try plant.settle(worker)
        for _ in 0..<20 {
            _ = try work(worker, plant, milliseconds: 40)
            guard let since = worker.thread.tasks[0]?.unstoredSince else { continue }
            let now = worker.thread.environment.monotonicMicroseconds()
            #expect(now - since < 60_000)
        }
    }

    @Test func `so many bytes do not wait`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        plant.limits.unstoredBytesMax = 1
        let worker = try plant.start("a")
        try plant.settle(worker)
        let (commits, behind) = try work(worker, plant, milliseconds: 300)
        #expect(commits >= 20 && behind == 0, "\(commits), \(behind)")
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
