// What a task is after its disk was lost is what it was; and what a worker refuses to go on with.

import Decisions
import EventLog
import EventModel
import Foundation
import Simulation
import Store
import Testing

@testable import Worker

@Suite struct RecoveryTests {
    /// Everything a file says of a dedupe window: per id the newest bucket and its content.
    private func window(_ plant: SimulatedPlant, _ state: String, _ partition: Int32) throws
        -> [String: Int]
    {
        let store = try TaskStore.open(
            directory: plant.directory + "/" + state,
            identity: TaskIdentity(
                deployment: SimulatedPlant.deployment, partition: Partition(partition),
                partitionCount: plant.partitions))
        defer { store.close() }
        var found: [String: Int] = [:]
        for topic in TaskWindows.topics {
            var cursor = try store.sightings(topic: topic, fromBucket: 0)
            while let block = try cursor.next() {
                for at in stride(from: 16, to: block.bytes.count, by: 24) {
                    found["\(topic.name) \(block.bytes[at..<at + 24])"] = Int(block.bucket)
                }
            }
        }
        return found
    }

    @Test(arguments: [11, 12, 13, 14] as [UInt64])
    func `state and dedupe window after a lost disk are what they were`(seed: UInt64) throws {
        let run = try FaultyRun(
            Scenario(seed: seed, events: 80, ticks: 60, start: SimulatedTime().now), partitions: 2,
            faults: nil)
        try run.run()
        let plant = run.plant
        let worker = try #require(run.workers["a"])
        let before = worker.dumps
        try worker.thread.drain()
        // The same disk, no disk.
        for state in ["a", "lost"] {
            let again = try plant.start("a", state: state)
            for _ in 0..<6 { try again.thread.step() }
            #expect(again.dumps == before)
            #expect(before.values.contains { !$0.isEmpty })
            try again.thread.drain()
        }
        for partition in 0..<plant.partitions {
            let kept = try window(plant, "a", partition)
            #expect(!kept.isEmpty)
            #expect(try window(plant, "lost", partition) == kept)
        }
    }

    @Test
    func
        `the window's low edge moves with the clock, also in a rescan; refusals are no sighting`()
        throws
    {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        for hour in 0..<30 {
            try plant.failStep("e\(hour)", lot: "L-1", severity: "minor")
            try plant.failStep("e\(hour)", lot: "L-1", severity: "major")
            try plant.settle(worker)
            plant.time.advance(milliseconds: 3_600_000)
        }
        try worker.thread.drain()
        let again = try plant.start("a", state: "lost")
        // The last record was appended in hour 29: known is what was seen in hour 5 or later.
        try plant.failStep("e29", lot: "L-1", severity: "minor")
        try plant.settle(again)
        #expect(again.thread.totals.duplicates == 1)
        for hour in 5...6 { try plant.failStep("e\(hour)", lot: "L-1", severity: "minor") }
        try plant.settle(again)
        // By now it is hour 30: hour 6 is the oldest that counts.
        #expect(again.thread.totals.duplicates == 2)
        #expect(!again.signals.contains("dedupeWindowIncomplete"))
        #expect(try plant.redecide() == [])
    }

    @Test(arguments: [false, true])
    func `a window that retention ate into is told by name`(whole: Bool) throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        for number in 0..<9 { try plant.failStep("e\(number)", lot: "L-1", severity: "minor") }
        try plant.settle(worker)
        try worker.thread.drain()
        plant.log.deleteRecords(
            of: TopicPartition(.mesExecution, Partition(0)), before: Offset(whole ? 9 : 4))
        let again = try plant.start("a", state: "lost")
        for _ in 0..<5 { try again.thread.step() }
        #expect(again.signals.contains("dedupeWindowIncomplete"))
        #expect(!again.signals.contains("recordsLost"))
    }

    @Test func `what retention ate unread is a lost range of one batch record`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        try plant.failStep("e0", lot: "L-1")
        try plant.settle(worker)
        try worker.thread.drain()
        for number in 1..<9 { try plant.failStep("e\(number)", lot: "L-1") }
        plant.log.deleteRecords(
            of: TopicPartition(.mesExecution, Partition(0)), before: Offset(5))
        let again = try plant.start("a")
        try plant.settle(again)
        #expect(again.signals.contains("recordsLost"))
        let lost = #"{"from":1,"lost":true,"to":5,"topic":"mes.execution"}"#
        #expect(try plant.committed(.audit, 0).filter { $0.text.contains(lost) }.count == 1)
    }

    @Test func `what was refused is no sighting, also in a rescan`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        plant.policy = Policy(
            holds: Policy.standard.holds, defaultSeverities: Policy.standard.defaultSeverities,
            signals: Policy.standard.signals, intake: .init(requireRegisteredLots: true))
        let worker = try plant.start("a")
        try plant.failStep("e1", lot: "L-1")
        try plant.settle(worker)
        #expect(worker.thread.totals.refused == 1)
        try worker.thread.drain()
        let again = try plant.start("a", state: "lost")
        try plant.produce(
            .mesExecution, key: "L-1",
            plant.event("mes.lotCreated.v1", "e0", source: "/mes", #"{"lotId":"L-1"}"#))
        try plant.failStep("e1", lot: "L-1")
        try plant.settle(again)
        #expect(again.thread.totals.duplicates == 0)
        #expect(try plant.ids(.holds).count == 1)
    }

    @Test func `an owner that commits while a zombie recovers is no contradiction`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let owner = try plant.start("a")
        try plant.failStep("e1", lot: "L-1")
        try plant.settle(owner)
        let zombie = try plant.start("b")
        var commits = 0
        zombie.stream.afterGroupOffsets = {
            guard commits == 0 else { return }
            commits += 1
            do {
                try plant.failStep("e2", lot: "L-1")
                try plant.settle(owner)
            } catch { Issue.record(error) }
        }
        try zombie.thread.acquire(Partition(0), isDelivered: false)
        for _ in 0..<2 { try zombie.thread.acquireAwaited() }
        #expect(commits == 1)
        #expect(zombie.signals.contains("logRetry"))
        #expect(zombie.thread.awaited[Partition(0)] != nil)
    }

    @Test func `a file that another thread has not let go is waited for`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let owner = try plant.start("a", state: "shared")
        try plant.failStep("e1", lot: "L-1")
        try plant.settle(owner)
        // It has lost the task and does not know it yet.
        owner.stream.inner.expireSession()
        let heir = try plant.start("b", state: "shared")
        for _ in 0..<3 { try heir.thread.step() }
        #expect(heir.thread.awaited[Partition(0)] != nil)
        try plant.failStep("e2", lot: "L-1")
        try owner.thread.step()
        for _ in 0..<20 { plant.time.advance(milliseconds: 20); try heir.thread.step() }
        try plant.settle(heir)
        #expect(try plant.ids(.holds).count == 2)
    }

    // MARK: - Refusals

    private func refusal(_ plant: SimulatedPlant, _ name: String = "a", state: String? = nil) throws
        -> WorkerError?
    {
        let worker = try plant.start(name, state: state)
        for _ in 0..<10 {
            do { try worker.thread.step() } catch { return error }
        }
        return nil
    }

    @Test(arguments: [("head", #"{"v":2}"#), ("lot/L-1", #"{"v":9}"#)])
    func `a newer row in the changelog stops the worker by name`(key: String, value: String) throws
    {
        let plant = try SimulatedPlant(partitions: 1)
        try plant.produce(.state, key: "0/\(key)", value, partition: 0)
        let failure = try refusal(plant)
        #expect(failure?.kind == .newerVersion)
        #expect(failure?.message.contains("version") == true)
    }

    @Test func `group offsets that contradict the head stop the worker by name`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        for number in 0..<3 { try plant.failStep("e\(number)", lot: "L-1") }
        try plant.settle(worker)
        // Somebody resets the group's offsets with the group's own means.
        var buffer = TransactionBuffer()
        buffer.append(topic: .holds, partition: Partition(0), key: nil, value: nil)
        _ = try worker.stream.inner.commit(
            buffer, offsets: [(TopicPartition(.mesExecution, Partition(0)), Offset(1))],
            token: worker.stream.inner.groupToken())
        try worker.thread.drain()
        let failure = try refusal(plant)
        #expect(failure?.kind == .contradiction)
        #expect(failure?.message.contains("mes.execution/0") == true)
    }

    @Test func `a state file ahead of the log is refused`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        try plant.failStep("e1", lot: "L-1")
        try plant.settle(worker)
        try worker.thread.drain()
        let other = try SimulatedPlant(partitions: 1)
        try FileManager.default.copyItem(
            atPath: plant.directory + "/a", toPath: other.directory + "/a")
        let failure = try refusal(other)
        #expect(failure?.kind == .contradiction)
        #expect(failure?.message.contains("ahead of holdfast.state") == true)
    }

    @Test func `another partition count than the head's is refused`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        try plant.failStep("e1", lot: "L-1")
        try plant.settle(worker)
        let head = try #require(
            try plant.committed(.state, 0).last { $0.key == Array("0/head".utf8) })
        let other = try SimulatedPlant(partitions: 2)
        try other.produce(.state, key: "0/head", head.text, partition: 0)
        let failure = try refusal(other)
        #expect(failure?.kind == .contradiction)
        #expect(failure?.message.contains("1 partitions") == true)
    }
}
