// Bad days of groups: revocations that take too long, rebalances in the middle of a restore, and
// work that was finished and then thrown away.

import EventLog
import EventModel
import Simulation
import Testing

@testable import Worker

extension BadDays {
    // quixio/quix-streams#1131: replicas shared a state volume; one partition's store after the
    // other was flushed and closed inside the rebalance callback until max.poll.interval had gone
    // by, the member was thrown out, and both fought over file locks without end.
    @Test func `replicas on one state volume hand tasks over in one poll and then rest`() throws {
        let plant = try SimulatedPlant(partitions: 4)
        let first = try plant.start("a", state: "volume")
        for number in 0..<40 {
            try plant.failStep("e\(number)", lot: "L-\(number)", equipment: "p\(number)")
        }
        try plant.settle(first)
        // The revocation finds decided batches that are not yet sent.
        for number in 40..<48 { try plant.failStep("e\(number)", lot: "L-\(number)") }
        let second = try plant.start("b", state: "volume")
        let commits = first.stream.commitsTried
        for _ in 0..<20 where !first.signals.contains("taskReleased") {
            try first.thread.step()
            plant.time.advance(milliseconds: 1)
        }
        // The callback itself sends nothing: it only lets go.
        #expect(first.stream.commitsTried <= commits + 1)
        #expect(first.signals.filter { $0 == "taskReleased" }.count == 2)
        try plant.settle(first, second)
        // One hand-over, not a loop of them.
        for _ in 0..<200 {
            for worker in [first, second] { try worker.thread.step() }
            plant.time.advance(milliseconds: 100)
        }
        #expect(first.signals.filter { $0 == "taskRevoked" }.count == 2)
        #expect(second.signals.filter { $0 == "taskAssigned" }.count == 2)
        #expect(!first.signals.contains("taskLost") && !second.signals.contains("taskLost"))
        #expect(try plant.ids(.holds).count == 48)
        try Self.expectSound(plant, first, second)
    }

    // quixio/quix-streams#1146: a rebalance during recovery assigned partitions that nobody seeked
    // or resumed; a watchdog killed the replica, whose restart was the next rebalance.
    @Test func `a rebalance in the middle of a restore is just another rebalance`() throws {
        let plant = try SimulatedPlant(partitions: 4)
        let before = try plant.start("old")
        for number in 0..<60 {
            try plant.failStep("e\(number)", lot: "L-\(number)", equipment: "p\(number % 7)")
        }
        try plant.settle(before)
        try before.thread.drain()
        // A cold start of three replicas: each joins while the one before it restores.
        let first = try plant.start("a")
        var second: SimulatedWorker?
        var third: SimulatedWorker?
        first.stream.afterGroupOffsets = {
            guard second == nil else { return }
            do {
                second = try plant.start("b")
                second?.stream.afterGroupOffsets = {
                    if third == nil { third = try? plant.start("c") }
                }
            } catch { Issue.record(error) }
        }
        try first.thread.step()
        let b = try #require(second)
        for _ in 0..<400 where third == nil {
            for worker in [first, b] { try worker.thread.step() }
            plant.time.advance(milliseconds: 5)
        }
        let c = try #require(third)
        for number in 60..<70 { try plant.failStep("e\(number)", lot: "L-\(number)") }
        try plant.settle(first, b, c)
        #expect(first.thread.totals.records + b.thread.totals.records + c.thread.totals.records > 0)
        #expect(try plant.ids(.holds).count == 70)
        try Self.expectSound(plant, first, b, c)
    }

    // PostHog/posthog#80897: the fence came down before the drain, so what had been finished could
    // no longer be committed and was done again elsewhere.
    @Test func `what is decided when a worker is told to stop is committed before it lets go`()
        throws
    {
        let plant = try SimulatedPlant(partitions: 1)
        plant.limits.commitIntervalMilliseconds = 4_000
        let worker = try plant.start("a")
        for number in 0..<5 {
            try plant.failStep("e\(number)", lot: "L-1", severity: "minor")
        }
        for _ in 0..<20 {
            try worker.thread.step()
            plant.time.advance(milliseconds: 1)
        }
        #expect(worker.thread.tasks[0]?.hasOpenBatch == true)
        let commits = worker.stream.commitsTried
        try worker.thread.drain()
        #expect(worker.stream.commitsTried == commits + 1)
        #expect(worker.thread.totals.records == 5)
        plant.limits.commitIntervalMilliseconds = 2
        let heir = try plant.start("b")
        try plant.settle(heir)
        // Only our own signals were left to read.
        #expect(heir.thread.totals.duplicates == 0)
        #expect(heir.thread.totals.accepted == 5)
        try Self.expectSound(plant, heir)
    }
}
