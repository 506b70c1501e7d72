// An input whose records are all younger than another's backlog waits in the log, not in memory.

import EventLog
import EventModel
import Simulation
import Testing

@testable import Worker

@Suite struct HoldingTests {
    /// A backlog of `count` execution events, then as many of quality.
    private func backlog(_ plant: SimulatedPlant, _ count: Int) throws {
        for number in 0..<count {
            try plant.failStep("e\(number)", lot: "L-1", severity: "minor")
        }
        plant.time.advance(milliseconds: 60_000)
        for number in 0..<count {
            try plant.approveChange("C-\(number)", effectiveFrom: Instant(milliseconds: 1))
        }
    }

    /// The most records held in any turn until everything is decided.
    private func mostHeld(_ limits: (inout Limits) -> Void) throws -> Int {
        let plant = try SimulatedPlant(partitions: 1)
        limits(&plant.limits)
        try backlog(plant, 120)
        let worker = try plant.start("a")
        worker.stream.recordsMax = 6
        var most = 0
        for _ in 0..<400 {
            try worker.thread.step()
            most = max(most, worker.thread.tasks[0]?.core.queues.map(\.count).max() ?? 0)
        }
        try plant.settle(worker)
        #expect(worker.thread.totals.records >= 240)
        #expect(try plant.redecide() == [])
        return most
    }

    @Test func `what cannot be decided yet is read no further than the limit`() throws {
        let bounded = try mostHeld {
            $0.inHandRecordsMax = 12
            $0.heldRecordsMax = 12
        }
        #expect(bounded > 4 && bounded <= 12 + 6)
        // Without the limit nearly all of it is held.
        #expect(try mostHeld { _ in } > 60)
    }

    @Test func `the same in bytes`() throws {
        let bounded = try mostHeld {
            $0.inHandBytesMax = 2_000
            $0.heldBytesMax = 2_000
        }
        #expect(bounded <= 20)
    }
}
