// Rows of a lost state file, read back from the changelog: what the store takes a second.

import EventModel
import Glibc
import Store

enum RestoreRun {
    /// Rows as Decisions names them (lots, holds, members: their keys are in no order), in the
    /// transactions of a restore.
    static func run(_ arguments: BenchArguments) throws -> [(String, Double)] {
        let count = arguments.integer("rows", default: 1_000_000)
        let directory = arguments.text("state")
        let store = try TaskStore.open(
            directory: directory,
            identity: TaskIdentity(
                deployment: "bench", partition: Partition(0), partitionCount: 4))
        let chunk = 20_000
        var dice = Dice(seed: 3)
        let now = Instant(milliseconds: 1_767_592_800_000)
        let value = Array(repeating: UInt8(ascii: "x"), count: 220)
        let start = Meter()
        for _ in 0..<count / chunk {
            let rows = (0..<chunk).map { _ in
                RowChange(key: "hold/lot/L-\(dice.below(1 << 40))/\(dice.roll())", value: value)
            }
            try store.commit(rows: rows, head: nil, changelogNext: Offset(0), savedAt: now)
        }
        let end = Meter()
        store.close()
        return end.figures(of: count, since: start)
    }
}
