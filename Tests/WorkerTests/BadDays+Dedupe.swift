// Bad days of deduplication: ids given twice after a failover, records taken for duplicates that
// were none, stores that grew without end, and an alarm that went between two stools.

import EventModel
import Foundation
import Simulation
import Testing

@testable import Worker

extension BadDays {
    // apache/kafka#12540, apache/kafka#13369: a standby became active with an old cache over a new
    // store; ids that had been handed out were handed out again.
    @Test func `a worker that takes over with an old disk gives no id twice`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        var first: SimulatedWorker? = try plant.start("a")
        try plant.failStep("e1", lot: "L-1", equipment: "press")
        try plant.settle(first!)
        try plant.copyState("a", to: "b")
        try plant.failStep("e2", lot: "L-2", equipment: "press")
        try plant.failStep("e3", lot: "L-3", equipment: "oven")
        try plant.settle(first!)
        first!.stream.inner.expireSession()
        first = nil
        let heir = try plant.start("b")
        // Seen by the first after the copy was made, and new members of its groups.
        try plant.failStep("e2", lot: "L-2", equipment: "press")
        try plant.failStep("e3", lot: "L-3", equipment: "oven")
        try plant.failStep("e4", lot: "L-4", equipment: "oven")
        try plant.settle(heir)
        #expect(heir.thread.totals.duplicates == 2)
        for topic in [Topic.holds, .deviations, .alerts] {
            let ids = try plant.ids(topic)
            #expect(ids.count == 4 && Set(ids).count == 4)
        }
        let raised = try Self.texts(plant, .deviations).filter { $0.contains("deviationRaised") }
        #expect(raised.count == 2)
        try Self.expectSound(plant, heir)
    }

    // apache/kafka#8886: the standby had the id of a record whose transaction was aborted by the
    // crash that the record caused; after the failover it was dropped as a duplicate.
    @Test(arguments: [CrashPoint.beforeCommit, .insideCommit])
    func `a record that was being decided in a crash is no duplicate after the failover`(
        point: CrashPoint
    ) throws {
        let plant = try SimulatedPlant(partitions: 1)
        var first: SimulatedWorker? = try plant.start("a")
        try plant.failStep("e0", lot: "L-0")
        try plant.settle(first!)
        let bad = plant.event(
            "mes.stepFailed.v1", "poison", source: "/mes", #"{"lotId":"L-1","stepId":"s"}"#)
        try plant.produce(.mesExecution, key: "L-1", bad)
        try plant.failStep("e1", lot: "L-1")
        Self.kill(first!, at: point, plant)
        first = nil
        plant.log.expireTransactions()
        // There and back again: to another machine, then to the disk of the crash.
        let second = try plant.start("b")
        try plant.settle(second)
        #expect(second.thread.totals.duplicates == 0)
        #expect(try plant.ids(.deadLetters).count == 1)
        #expect(try plant.ids(.holds).count == 2)
        try second.thread.drain()
        let third = try plant.start("a")
        try plant.produce(.mesExecution, key: "L-1", bad)
        // Mended and sent again under its id: new.
        try plant.failStep("poison", lot: "L-1")
        try plant.settle(third)
        #expect(third.thread.totals.duplicates == 0)
        #expect(try plant.ids(.deadLetters).count == 2)
        #expect(try plant.ids(.holds).count == 3)
        try Self.expectSound(plant, third)
    }

    // littlehorse-enterprises/littlehorse#2361: the store of seen ids had no end and held 40 GB
    // after two months.
    @Test func `the dedupe store stops growing when its window is full`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        plant.limits.dedupeBucketSeconds = 60
        plant.limits.dedupeWindowSeconds = 300
        var sizes: [Int] = []
        var ids: [Int] = []
        for round in 0..<4 {
            let worker = try plant.start("a")
            for bucket in 0..<10 {
                for number in 0..<150 {
                    try plant.produce(
                        .mesExecution, key: "L-1",
                        plant.event(
                            "mes.lotCreated.v1", "e\(round)-\(bucket)-\(number)", source: "/mes",
                            #"{"lotId":"L-1"}"#))
                }
                try plant.settle(worker)
                plant.time.advance(milliseconds: 60_000)
                let task = try #require(worker.thread.tasks[0])
                let disk = try DiskEvidence(task.store, worker: "a", task: 0, isOwner: true)
                ids.append(disk.sightings.count)
            }
            if round == 3 { try Self.expectSound(plant, worker) }
            try worker.thread.drain()
            let attributes = try FileManager.default.attributesOfItem(
                atPath: plant.directory + "/a/task-0.sqlite")
            sizes.append(try #require(attributes[.size] as? Int))
        }
        // Six buckets live, one may wait to be dropped.
        #expect(ids.max()! <= 7 * 150)
        #expect(ids.last! >= 6 * 150)
        // 6,000 ids went by; the file found its size while the window filled, and kept it.
        #expect(sizes[3] <= sizes[0] + sizes[0] / 4)
    }

    // united-manufacturing-hub/benthos-umh#434: the mark "seen" was set before the send; the first
    // send failed, the retry was dropped as a duplicate, and a latched alarm was never raised.
    @Test(arguments: [
        SimulatedLog.Fault.aborted, .outcomeUnknown(applied: false),
        .outcomeUnknown(applied: true), .leftOpen,
    ])
    func `a failed send marks nothing as seen, and a done one is not done again`(
        fault: SimulatedLog.Fault
    ) throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        try plant.failStep("alarm", lot: "L-1")
        worker.stream.inner.failNextCommit(fault)
        try plant.settle(worker)
        // The producer saw no answer either and sends it again.
        try plant.failStep("alarm", lot: "L-1")
        try plant.settle(worker)
        let alerts = try Self.texts(plant, .alerts)
        #expect(alerts.count == 1)
        #expect(alerts[0].contains("alertRaised"))
        #expect(try plant.ids(.holds).count == 1)
        #expect(worker.thread.totals.duplicates == 1)
        try Self.expectSound(plant, worker)
    }
}
