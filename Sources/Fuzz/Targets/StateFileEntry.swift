// A task's file with damage in it, opened as a worker opens it. What may come of it: it opens, it
// is set aside and an empty one begun, or it is refused by name; never anything that only a person
// with a debugger could go on from.

import EventModel
import Store

/// Opens, reads and writes damaged files. The first byte of an input says which file.
final class StateFileEntry: FuzzEntry {
    private let base: BaseFiles
    private let space = Workspace()
    private let name = "task-0.sqlite"

    init() throws { base = try BaseFiles() }

    func run(_ input: ByteView) {
        space.clear()
        let script = ByteView(rebasing: input.dropFirst())
        switch (input.first ?? 0) % 4 {
        case 0, 1:
            var file = base.state
            BytePatch.apply(script, to: &file)
            space.write(file, to: name)
        case 2:
            var wal = base.killed.wal
            BytePatch.apply(script, to: &wal)
            space.write(base.killed.file, to: name)
            space.write(wal, to: name + "-wal")
        default:
            var file = base.killed.file
            BytePatch.apply(script, to: &file)
            space.write(file, to: name)
            space.write(base.killed.wal, to: name + "-wal")
        }
        openAndUse(rebuild: false)
        // Whatever it was, `--rebuild-state` leads out of it.
        openAndUse(rebuild: true)
    }

    private func openAndUse(rebuild: Bool) {
        do throws(StoreError) {
            let store = try TaskStore.open(
                directory: space.path, identity: BaseFiles.identity, rebuild: rebuild)
            defer { store.close() }
            do throws(StoreError) {
                try Self.use(store)
            } catch {
                Finding.require(
                    error.reaction == .setAside, "reading a file that opened: \(error)")
            }
        } catch {
            Finding.require(
                error.reaction == .refuse && !rebuild, "opening (rebuild \(rebuild)): \(error)")
        }
    }

    /// Reads all of it and writes a little, as a restore does.
    private static func use(_ store: TaskStore) throws(StoreError) {
        var rows = try store.rows()
        while let (key, value) = try rows.next() { _ = key.count + value.count }
        for topic in [Topic.mesExecution, .qmsQuality] {
            var window = DedupeWindow(topic: topic, clock: BaseFiles.now)
            try store.load(into: &window)
        }
        try store.commit(
            rows: [RowChange(key: "lot/L-8", value: [0x7b, 0x7d])], head: nil,
            changelogNext: store.changelogNext ?? Offset(0), savedAt: BaseFiles.now,
            dropSightingsBelow: [(.mesExecution, 0)])
    }
}
