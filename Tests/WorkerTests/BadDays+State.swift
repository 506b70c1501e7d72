// Bad days of state on disk: what an aborted transaction left behind, what a crash threw away, and
// inputs that retention took first.

import EventModel
import Simulation
import Store
import Testing

@testable import Worker

extension BadDays {
    // apache/kafka#22548: a leftover checkpoint made a restarted task trust its local store, which
    // background flushes had filled with writes of a transaction that was aborted later.
    @Test(arguments: [CrashPoint.beforeCommit, .insideCommit])
    func `the state of an aborted transaction does not survive a crash`(point: CrashPoint) throws {
        let plant = try SimulatedPlant(partitions: 1)
        var worker: SimulatedWorker? = try plant.start("a")
        try plant.failStep("e1", lot: "L-1")
        try plant.settle(worker!)
        try plant.failStep("e2", lot: "L-2")
        Self.kill(worker!, at: point, plant)
        worker = nil
        plant.log.expireTransactions()
        let store = try TaskStore.open(
            directory: plant.directory + "/a",
            identity: TaskIdentity(
                deployment: SimulatedPlant.deployment, partition: Partition(0), partitionCount: 1))
        var rows = ""
        var cursor = try store.rows()
        while let row = try cursor.next() { rows += row.value.text }
        store.close()
        #expect(rows.contains("L-1"))
        #expect(!rows.contains("L-2"))
        let again = try plant.start("a")
        try plant.settle(again)
        #expect(try plant.ids(.holds).count == 2)
        try Self.expectSound(plant, again)
    }

    // apache/kafka#15137: under exactly-once any unclean stop wiped the local state, and a restore
    // of everything followed. Here the file stays, and only what came since is read.
    @Test(arguments: CrashPoint.allCases)
    func `a crash costs what came since the last commit, not the whole state`(
        point: CrashPoint
    ) throws {
        let plant = try SimulatedPlant(partitions: 1)
        var worker: SimulatedWorker? = try plant.start("a")
        for number in 0..<40 {
            try plant.failStep("e\(number)", lot: "L-\(number)", equipment: "p\(number)")
            try plant.settle(worker!)
        }
        let whole = try plant.committed(.state, 0).count
        try plant.failStep("last", lot: "L-1")
        Self.kill(worker!, at: point, plant)
        worker = nil
        plant.log.expireTransactions()
        let again = try plant.start("a")
        try plant.settle(again)
        #expect(!again.signals.contains("stateFileRebuilt"))
        #expect(!again.signals.contains("stateFileSetAside"))
        let read = try #require(Self.changelogRead(again))
        #expect(read <= 20)
        #expect(whole > 200)
        try Self.expectSound(plant, again)
    }

    // quixio/quix-streams#1114: the committed offset lay below the low watermark; the client read
    // on from elsewhere, recovery waited for the old boundary, and the worker lived on without
    // doing anything.
    @Test func `a position below the low watermark is told, recorded and gone on from`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        try plant.failStep("e0", lot: "L-1")
        try plant.settle(worker)
        try worker.thread.drain()
        for number in 1..<9 { try plant.failStep("e\(number)", lot: "L-\(number)") }
        plant.log.deleteRecords(
            of: TopicPartition(.mesExecution, Partition(0)), before: Offset(5))
        let again = try plant.start("a")
        try plant.settle(again)
        #expect(again.signals.filter { $0 == "recordsLost" }.count == 1)
        // e0, and e5 to e8, which were still there; the day goes on.
        #expect(try plant.ids(.holds).count == 5)
        try plant.failStep("e9", lot: "L-9")
        try plant.settle(again)
        #expect(try plant.ids(.holds).count == 6)
        try Self.expectSound(plant, again)
    }

    // apache/kafka#17899: a partition whose batch began with a record that could not be read hung
    // for ever, also after a restart.
    @Test(arguments: ["{", "[]", #"{"specversion":"1.0"}"#, nil])
    func `a bad record first in a batch, or all of it, stops nothing`(poison: String?) throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        for round in 0..<3 {
            try plant.produce(.mesExecution, key: "L-1", poison)
            try plant.produce(.qmsQuality, key: "L-1", poison)
            try plant.failStep("e\(round)", lot: "L-1")
            try plant.settle(worker)
            // A batch of nothing else.
            try plant.produce(.mesExecution, key: "L-1", poison)
            try plant.settle(worker)
        }
        #expect(try plant.ids(.deadLetters).count == 9)
        #expect(try plant.ids(.holds).count == 3)
        try worker.thread.drain()
        let again = try plant.start("a")
        try plant.produce(.mesExecution, key: "L-1", poison)
        try plant.failStep("e3", lot: "L-1")
        try plant.settle(again)
        #expect(try plant.ids(.deadLetters).count == 10)
        #expect(try plant.ids(.holds).count == 4)
        try Self.expectSound(plant, again)
    }
}
