// A task's file in good days: what is written comes back, whose file it is is checked.

import EventModel
import Glibc
import Testing

@testable import Store

@Suite struct TaskStoreTests {
    let directory = TemporaryDirectory()

    func open(_ identity: TaskIdentity = .test, rebuild: Bool = false) throws(StoreError)
        -> TaskStore
    {
        try TaskStore.open(directory: directory.path, identity: identity, rebuild: rebuild)
    }

    @Test func `what was committed comes back after closing`() throws {
        let store = try open()
        #expect(store.openReport == .fresh && store.head == nil && store.changelogNext == nil)
        for number in 1...12 { try store.commitBatch(number) }
        store.close()
        let again = try open()
        #expect(again.openReport == .opened)
        #expect(try again.consistentBatch() == 12)
        #expect(again.savedAt == Instant(rawValue: 12))
        try again.commit(
            rows: [RowChange(key: "lot/1", value: nil), RowChange(key: "lot/2", value: [])],
            head: nil, changelogNext: Offset(130), savedAt: Instant(rawValue: 13),
            dropSightingsBelow: [(.mesExecution, 1)])
        #expect(again.head == Array("head 12".utf8))
        #expect(try again.allRows().contains("lot/2="))
        #expect(try !again.allRows().contains { $0.hasPrefix("lot/1=") })
        var cursor = try again.sightings(topic: .mesExecution, fromBucket: 0)
        #expect(try cursor.next() == nil)
        try again.clear()
        #expect(try again.allRows().isEmpty && again.changelogNext == nil)
    }

    @Test func `a restore writes many rows with the position they reach`() throws {
        let store = try open()
        let rows = RowSlab()
        for number in 0..<1000 {
            Array("lot/\(number)".utf8).withUnsafeBytes { view in
                rows.append(key: view, value: number == 5 ? nil : view)
            }
        }
        rows.arrange()
        try store.restore(
            rows, head: [1], changelogNext: Offset(7), savedAt: Instant(rawValue: 1))
        #expect(try store.allRows().count == 999)
        #expect(store.changelogNext == Offset(7) && store.head == [1])
    }

    @Test func `many rows of one commit are as if written in their own order`() throws {
        let store = try open()
        // Two rounds over the same keys, in no order: the second round's value counts, and its
        // removals remove.
        var rows: [RowChange] = []
        for round in 0..<2 {
            for number in 0..<1_000 {
                let key = "lot/\(number * 7919 % 1_000)"
                let isGone = round == 1 && number % 10 == 0
                rows.append(RowChange(key: key, value: isGone ? nil : Array("\(round)".utf8)))
            }
        }
        try store.commit(
            rows: rows, head: nil, changelogNext: Offset(1), savedAt: Instant(rawValue: 1))
        let found = try store.allRows()
        #expect(found.count == 900)
        #expect(found.allSatisfy { $0.hasSuffix("=1") })
    }

    @Test func `a bucket that left the window goes in slices, commit by commit`() throws {
        let store = try open()
        let blocks = (0..<40).map { number in
            SightingBlock.pack(topic: .mesExecution, bucket: 0, count: 1) { add in
                add(.init(low: UInt64(number), high: 0, content: 0))
            }
        }
        let now = Instant(rawValue: 1)
        try store.commit(
            rows: [], head: nil, changelogNext: Offset(1), savedAt: now, sightings: blocks)
        var left: [Int] = []
        for _ in 0..<4 {
            try store.commit(
                rows: [], head: nil, changelogNext: Offset(1), savedAt: now,
                dropSightingsBelow: [(.mesExecution, 1)])
            var cursor = try store.sightings(topic: .mesExecution, fromBucket: 0)
            var count = 0
            while try cursor.next() != nil { count += 1 }
            left.append(count)
        }
        #expect(left == [24, 8, 0, 0])
    }

    @Test func `only the worker's user can read the state`() throws {
        let state = "\(directory.path)/state"
        defer { rmdir(state) }
        let store = try TaskStore.open(directory: state, identity: .test)
        defer {
            store.close()
            unlink("\(state)/\(fileName)")
        }
        try store.commitBatch(1)
        func mode(_ path: String) -> mode_t {
            var status = stat()
            return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
        }
        #expect(mode(state) == 0o700)
        #expect(mode("\(state)/\(fileName)") == 0o600)
        #expect(mode("\(state)/\(fileName)-wal") == 0o600)
    }

    @Test(arguments: [
        (
            "another deployment",
            TaskIdentity(
                deployment: "other", partition: Partition(3), partitionCount: 4)
        ),
        (
            "another partition count",
            TaskIdentity(
                deployment: "plant", partition: Partition(3), partitionCount: 8)
        ),
    ])
    func `a foreign file is refused, and set aside only when told`(
        what: String, identity: TaskIdentity
    ) throws {
        let store = try open()
        try store.commitBatch(1)
        store.close()
        let before = directory.read(fileName)
        let error = #expect(throws: StoreError.self) { try open(identity) }
        #expect(error?.reaction == .refuse && error?.code == "foreignTask", "\(what)")
        #expect(directory.read(fileName) == before)
        let fresh = try open(identity, rebuild: true)
        #expect(fresh.head == nil)
        guard case .setAside(let path, _) = fresh.openReport else {
            Issue.record("\(fresh.openReport)")
            return
        }
        #expect(path == "\(directory.path)/\(fileName).torn-1")
        #expect(directory.read("\(fileName).torn-1") == before)
    }

    @Test func `a newer file is refused`() throws {
        let store = try open()
        let sql = "UPDATE identity SET format = 2"
        // A newer program writes a sum over its own format.
        try store.connection.execute(sql)
        try store.connection.execute("UPDATE identity SET sum = 0")
        try store.connection.execute("PRAGMA user_version = 2")
        store.close()
        let error = #expect(throws: StoreError.self) { try open() }
        #expect(error?.reaction == .refuse && error?.code == "newerFile")
        #expect(try open(rebuild: true).changelogNext == nil)
    }

    @Test func `somebody else's database is refused`() throws {
        let other = try StoreConnection(path: "\(directory.path)/\(fileName)")
        try other.execute("CREATE TABLE recipes(name TEXT)")
        other.drop()
        let error = #expect(throws: StoreError.self) { try open() }
        #expect(error?.reaction == .refuse && error?.code == "foreignFile")
    }

    @Test func `a file has one owner at a time`() throws {
        let store = try open()
        try store.commitBatch(1)
        let error = #expect(throws: StoreError.self) { try open() }
        #expect(error?.reaction == .inUse)
        store.close()
        #expect(try open().consistentBatch() == 1)
    }

    @Test func `the tables are those of the golden dump`() throws {
        let store = try open()
        #expect(try Schema.dump(store.connection) == SchemaGolden.v1)
        #expect(Schema.version == 1)
    }
}
