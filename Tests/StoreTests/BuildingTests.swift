// A file that was built without waiting for the disk counts only once it is there: until then, an
// opening begins anew, because rows might be missing without a sign of it.

import EventModel
import Testing

@testable import Store

@Suite struct BuildingTests {
    private let directory = TemporaryDirectory()

    private func open() throws -> TaskStore {
        try TaskStore.open(directory: directory.path, identity: .test)
    }

    /// The file as a kill at this moment leaves it, opened.
    private func openedAsAfterAKill(in copy: TemporaryDirectory) throws -> TaskStore {
        directory.copy(to: copy)
        return try TaskStore.open(directory: copy.path, identity: .test)
    }

    /// A store built of so many rows, at 1 s after the epoch.
    private func built(_ count: Int = 5_000) throws -> TaskStore {
        let rows = RowSlab()
        for number in (0..<count).reversed() {
            let key = Array("lot/L-\(number)".utf8)
            let value = [UInt8](repeating: UInt8(number & 255), count: number % 500)
            key.withUnsafeBytes { key in
                value.withUnsafeBytes { rows.append(key: key, value: $0) }
            }
        }
        rows.arrange()
        let store = try open()
        try store.build(rows, changelogNext: Offset(3), savedAt: Instant(milliseconds: 1_000))
        return store
    }

    private func commit(_ store: TaskStore, second: Int64) throws {
        try store.commit(
            rows: [RowChange(key: "lot/L-1", value: Array("new".utf8))], head: [7],
            changelogNext: Offset(4 + second), savedAt: Instant(milliseconds: second * 1_000))
    }

    @Test func `a store that was built has the rows it was built of, also when opened again`() throws
    {
        let store = try built()
        #expect(try store.allRows().count == 5_000)
        try commit(store, second: 2)
        store.close()
        let again = try open()
        #expect(again.openReport == .opened)
        #expect(try again.allRows().count == 5_000)
        #expect(again.head == [7] && again.changelogNext == Offset(6))
    }

    @Test func `a build that was closed at once is whole`() throws {
        try built().close()
        let again = try open()
        #expect(again.openReport == .opened)
        #expect(try again.allRows().count == 5_000)
    }

    @Test(arguments: [true, false])
    func `a build that was left without order is begun anew`(commits: Bool) throws {
        let store = try built()
        if commits { try commit(store, second: 2) }
        let copy = TemporaryDirectory()
        let again = try openedAsAfterAKill(in: copy)
        #expect(again.openReport == .fresh)
        #expect(try again.allRows().isEmpty)
        #expect(again.changelogNext == nil && again.head == nil)
    }

    @Test func `after a while a build counts, however its file is left`() throws {
        let store = try built()
        try commit(store, second: 2)
        try commit(store, second: 1 + TaskStore.buildingSeconds)
        let copy = TemporaryDirectory()
        let again = try openedAsAfterAKill(in: copy)
        #expect(again.openReport == .opened)
        #expect(try again.allRows().count == 5_000)
        #expect(again.changelogNext == Offset(5 + TaskStore.buildingSeconds))
    }

    @Test func `a file whose build was cut short is begun anew, whatever is in it`() throws {
        let store = try open()
        try store.note(.building)
        try TaskStore.setJournal("delete", of: store.connection)
        try TaskStore.setJournal("off", of: store.connection)
        try store.connection.execute("INSERT INTO row VALUES(x'01', x'02', 3)")
        let copy = TemporaryDirectory()
        let again = try openedAsAfterAKill(in: copy)
        #expect(again.openReport == .fresh)
        #expect(try again.allRows().isEmpty)
    }
}
