// A task's file in bad days: crashes between and within commits, torn and flipped bytes, a full
// disk. Never a crash, never a mixture: a whole batch, or set aside.

import EventModel
import Testing

@testable import Store

@Suite struct TornFileTests {
    let directory = TemporaryDirectory()

    func open(in directory: TemporaryDirectory) throws(StoreError) -> TaskStore {
        try TaskStore.open(directory: directory.path, identity: .test)
    }

    /// Files as a kill after `count` batches leaves them; `closed` as an orderly end does.
    func files(after count: Int, closed: Bool) throws -> TemporaryDirectory {
        let store = try open(in: directory)
        for number in 1...count { try store.commitBatch(number) }
        let copy = TemporaryDirectory()
        if closed { store.close() }
        directory.copy(to: copy)
        return copy
    }

    /// Opens damaged files: what is opened is one whole batch, everything else was set aside.
    func survives(_ damaged: TemporaryDirectory, upTo count: Int, _ what: String) throws {
        do throws(StoreError) {
            let store = try open(in: damaged)
            switch store.openReport {
            case .fresh, .setAside: #expect(store.changelogNext == nil, "\(what)")
            case .opened:
                let batch = try store.consistentBatch()
                #expect(batch.map { $0 <= count } == true, "\(what): a mixture was opened")
            }
            try store.commitBatch(count + 1)
        } catch {
            // A flipped version number reads as a newer worker's file: a person decides.
            if error.code == "newerFile" { return }
            guard error.reaction == .setAside else {
                Issue.record("\(what): \(error)")
                return
            }
            let store = try TaskStore.startOver(
                directory: damaged.path, identity: .test, why: error.message)
            #expect(try store.allRows().isEmpty, "\(what)")
        }
    }

    @Test func `a kill between two writes of the WAL leaves a whole batch`() throws {
        let crashed = try files(after: 9, closed: false)
        let wal = crashed.read("\(fileName)-wal")
        let main = crashed.read(fileName)
        #expect(wal.count > 100_000 || wal.count % 4120 == 32)
        // A write may end anywhere; frames are 24 + 4096 bytes after a header of 32.
        for length in stride(from: 0, through: wal.count, by: 1030) {
            let copy = TemporaryDirectory()
            copy.write(fileName, main)
            copy.write("\(fileName)-wal", Array(wal.prefix(length)))
            try survives(copy, upTo: 9, "WAL cut at \(length)")
        }
        let whole = try open(in: crashed)
        #expect(try whole.consistentBatch() == 9)
    }

    @Test(arguments: [true, false])
    func `a file cut at any page is opened whole or set aside`(closed: Bool) throws {
        let source = try files(after: 30, closed: closed)
        let main = source.read(fileName)
        for length in stride(from: 0, to: main.count, by: 4096) {
            for extra in [0, 100] {
                let copy = TemporaryDirectory()
                source.copy(to: copy)
                copy.write(fileName, Array(main.prefix(length + extra)))
                try survives(copy, upTo: 30, "cut at \(length + extra)")
            }
        }
    }

    @Test(arguments: ["task-3.sqlite", "task-3.sqlite-wal"], [true, false])
    func `flipped bytes never crash and never become state`(name: String, closed: Bool) throws {
        let source = try files(after: 5, closed: closed)
        let bytes = source.read(name)
        guard !bytes.isEmpty else { return }
        // Every byte of the header, then a sample of all pages.
        let places = Array(0..<min(112, bytes.count)) + stride(from: 112, to: bytes.count, by: 1777)
        for place in places {
            let copy = TemporaryDirectory()
            source.copy(to: copy)
            var damaged = bytes
            damaged[place] ^= 0x55
            copy.write(name, damaged)
            try survives(copy, upTo: 5, "\(name) flipped at \(place)")
        }
    }

    @Test(arguments: [
        ("text", Array("this is no database, but it is longer than a header of SQLite".utf8)),
        ("zeros", [UInt8](repeating: 0, count: 8192)), ("one byte", [7]),
    ])
    func `what is no database is set aside with its name`(what: String, bytes: [UInt8]) throws {
        directory.write(fileName, bytes)
        let first = try open(in: directory)
        guard case .setAside(let path, let why) = first.openReport else {
            Issue.record("\(what): \(first.openReport)")
            return
        }
        #expect(path.hasSuffix(".torn-1") && !why.isEmpty)
        #expect(directory.read("\(fileName).torn-1") == bytes)
        first.close()
        directory.write(fileName, bytes)
        _ = try open(in: directory)
        #expect(directory.names.contains("\(fileName).torn-2"))
    }

    @Test func `a flipped value is found when it is read`() throws {
        let store = try open(in: directory)
        try store.commitBatch(1)
        try store.connection.execute(
            "UPDATE row SET value = x'00' WHERE key = CAST('lot/1' AS BLOB)")
        let error = #expect(throws: StoreError.self) { try store.allRows() }
        #expect(error?.reaction == .setAside)
    }

    @Test func `a full disk stops with its hint, and the batch before it is still there`() throws {
        let store = try open(in: directory)
        try store.commitBatch(1)
        let pages = try #require(try store.connection.integer("PRAGMA page_count"))
        try store.connection.execute("PRAGMA max_page_count=\(pages + 2)")
        let big = RowChange(key: "big", value: [UInt8](repeating: 1, count: 1 << 20))
        let error = #expect(throws: StoreError.self) {
            try store.commit(
                rows: [big], head: [2], changelogNext: Offset(20), savedAt: Instant(rawValue: 2))
        }
        #expect(error?.reaction == .diskFull)
        let later = #expect(throws: StoreError.self) { try store.commitBatch(2) }
        #expect(later?.code == "connectionDropped" && later?.reaction == .dropConnection)
        #expect(throws: StoreError.self) { try store.allRows() }
        store.close()
        #expect(try open(in: directory).consistentBatch() == 1)
    }
}
