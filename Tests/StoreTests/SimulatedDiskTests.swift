// The simulated disk itself: it keeps what a disk keeps, loses what a disk may lose, and one seed
// is one disk.

import CSQLite
import EventModel
import Simulation
import Testing

@testable import Store

/// The path of the test task's file on a simulated disk.
let simulatedPath = "/state/\(fileName)"

extension SimulatedDisk {
    /// Opens the test task's store on this disk.
    func open() throws(StoreError) -> TaskStore {
        try TaskStore.open(directory: "/state", identity: .test, files: self)
    }
}

@Suite struct SimulatedDiskTests {
    let disk = SimulatedDisk(seed: 1)

    @Test func `a store lives on it as on a real disk`() throws {
        let store = try disk.open()
        #expect(store.openReport == .fresh)
        for number in 1...5 { try store.commitBatch(number) }
        #expect(try store.consistentBatch() == 5)
        store.close()
        #expect(disk.names == [simulatedPath])
        let again = try disk.open()
        #expect(again.openReport == .opened)
        #expect(try again.consistentBatch() == 5)
    }

    @Test func `the WAL goes into the file after so many pages, and does not grow beyond`() throws {
        let store = try disk.open()
        let pages = { (name: String) in (disk.bytes(of: name)?.count ?? 0) / 4096 }
        for number in 1...20 { try store.commitBatch(number) }
        let grown = pages(simulatedPath + "-wal")
        #expect(grown > 60 && pages(simulatedPath) < 15, "\(grown) pages wait")
        store.connection.checkpointPages = 10
        for number in 21...80 { try store.commitBatch(number) }
        #expect(pages(simulatedPath + "-wal") <= grown + 10)
        #expect(disk.count(of: .sync) > 20)
        #expect(try store.consistentBatch() == 80)
    }

    @Test func `files are bytes that real SQLite reads`() throws {
        let store = try disk.open()
        for number in 1...3 { try store.commitBatch(number) }
        let real = TemporaryDirectory()
        for name in disk.names {
            real.write(String(name.dropFirst("/state/".count)), try #require(disk.bytes(of: name)))
        }
        #expect(real.names == [fileName, fileName + "-wal"])
        let copy = try TaskStore.open(directory: real.path, identity: .test)
        #expect(try copy.consistentBatch() == 3)
    }

    @Test func `a second owner is told that the file is in use`() throws {
        let first = try disk.open()
        try first.commitBatch(1)
        let refused = #expect(throws: StoreError.self) { try disk.open() }
        #expect(refused?.reaction == .inUse)
        first.close()
        #expect(try disk.open().consistentBatch() == 1)
    }

    @Test func `a process that is killed closes nothing and loses nothing`() throws {
        let store = try disk.open()
        try store.commitBatch(1)
        disk.kill(directory: "/state")
        let error = #expect(throws: StoreError.self) { try store.commitBatch(2) }
        #expect(error?.reaction == .dropConnection)
        store.close()
        #expect(disk.names == [simulatedPath, simulatedPath + "-wal"])
        #expect(try disk.open().consistentBatch() == 1)
    }

    @Test func `a power cut loses what was not synced, and never what was`() throws {
        let store = try disk.open()
        for number in 1...9 { try store.commitBatch(number) }
        let image = disk.snapshot()
        disk.crash(.kept)
        #expect(try disk.open().consistentBatch() == 9)
        disk.restore(image, isSynced: false)
        disk.crash(.dropped)
        // synchronous=NORMAL syncs at checkpoints only: nothing was durable but an empty WAL file.
        let after = try disk.open()
        #expect(try after.consistentBatch() == 0)
        try after.commitBatch(1)
        after.close()
        disk.crash(.dropped)
        #expect(try disk.open().consistentBatch() == 1)
    }

    @Test func `by luck any part survives, and the same luck leaves the same disk`() throws {
        let store = try disk.open()
        for number in 1...9 { try store.commitBatch(number) }
        let image = disk.snapshot()
        var found: Set<Int> = []
        for seed in 0..<60 as Range<UInt64> {
            disk.restore(image, isSynced: false)
            disk.crash(.luck(seed: seed))
            let first = disk.names.map { disk.bytes(of: $0) }
            disk.restore(image, isSynced: false)
            disk.crash(.luck(seed: seed))
            #expect(disk.names.map { disk.bytes(of: $0) } == first)
            let reopened = try disk.open()
            found.insert(try #require(try reopened.consistentBatch(), "seed \(seed): a mixture"))
        }
        #expect(found.count > 3, "luck that always ends the same is none: \(found)")
    }

    @Test func `an image put back is an old backup`() throws {
        let store = try disk.open()
        try store.commitBatch(1)
        let backup = disk.snapshot()
        try store.commitBatch(2)
        disk.restore(backup)
        #expect(throws: StoreError.self) { try store.commitBatch(3) }
        disk.crash(.dropped)
        #expect(try disk.open().consistentBatch() == 1)
        disk.wipe()
        #expect(disk.names.isEmpty)
        #expect(try disk.open().openReport == .fresh)
    }

    @Test func `a file that is removed unsynced may come back`() throws {
        #expect(disk.makeDirectory("/state") == 0)
        #expect(disk.makeFile("/state/a") == 0)
        #expect(disk.makeFile("/elsewhere/a") != 0)
        #expect(disk.rename("/state/a", to: "/state/b") == 0)
        let image = disk.snapshot()
        var found: Set<[String]> = []
        for seed in 0..<40 as Range<UInt64> {
            disk.restore(image, isSynced: false)
            disk.crash(.luck(seed: seed))
            found.insert(disk.names)
        }
        #expect(found == [[], ["/state/a"], ["/state/b"]])
    }

    @Test(arguments: DiskOperation.allCases)
    func `a planned fault hits the operation that was named`(operation: DiskOperation) throws {
        let first = try disk.open()
        try first.commitBatch(1)
        first.close()
        disk.plan(DiskFault(.refused, of: operation))
        if operation == .remove {
            // The store removes a file only when a build of it was cut short.
            let file = try #require(disk.names.first { $0.hasSuffix(".sqlite") })
            #expect(disk.remove(file) != 0)
            #expect(disk.faultsMet.count == 1)
            #expect(disk.remove(file) == 0)
            return
        }
        do throws(StoreError) {
            let store =
                operation == .rename
                ? try TaskStore.startOver(
                    directory: "/state", identity: .test, why: "test", files: disk)
                : try disk.open()
            try store.commitBatch(2)
            store.close()
        } catch {
            #expect(!error.message.isEmpty)
        }
        #expect(disk.faultsMet.count == 1)
        #expect(disk.count(of: operation) > 0)
    }
}
