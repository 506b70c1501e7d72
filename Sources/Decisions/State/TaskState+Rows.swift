// State out of rows, and rows out of state. Rows may come in any order, and one that comes again
// replaces itself, so that the changelog can be read from anywhere before its end.

package import EventModel

extension TaskState {
    /// Takes in one row of state.
    ///
    /// - Parameters:
    ///   - key: without the task's number.
    ///   - value: the row's JSON (a removed row is not loaded).
    /// - Throws: `StateRowError`: a newer worker's row, or one that is none of ours.
    package mutating func load(key: ByteView, value: JSONView) throws(StateRowError) {
        let text = key.text
        let row = try RowReader(key: text, row: value)
        let written: String
        switch Self.kind(of: key) {
        case "lot":
            let lot = try Lot(row: row)
            written = RowKey.lot(lot.id)
            lots[lot.id] = lot
        case "hold":
            let hold = try Hold(row: row)
            written = RowKey.hold(hold.subject, hold.holdId)
            holds[hold.subject.key, default: HoldSet()].restore(hold)
        case "timer":
            let timer = try Timer(row: row)
            written = timer.key
            timers.arm(timer)
        case "change":
            let change = try EffectiveChange(row: row)
            written = RowKey.change(change.changeId)
            effectiveChanges[ByteKey(change.changeId)] = change
        case "group":
            let group = try Group(row: row)
            written = RowKey.group(group.rootCauseKey, group.number)
            groups.put(group, policy.correlation)
        case "affected":
            let lot = try row.text("lotId")
            let number = try row.integer("groupId")
            written = RowKey.affected(number, lot)
            _ = groups.addAffected(lot, to: number)
        case "member":
            // Nothing is decided by a member's row: it stays on disk, for `explain`.
            written = RowKey.member(
                try row.integer("groupId"), Int(try row.integer("number")))
        default:
            throw .malformed(key: text, detail: "no kind of row of this version")
        }
        guard ByteKey(written) == ByteKey(text) else {
            throw .malformed(key: text, detail: "the row says it is \(written)")
        }
    }

    /// What stands before a key's first slash: a word of ours, or nothing that is known.
    private static func kind(of key: ByteView) -> String {
        key.prefix(16).firstIndex(of: 0x2f).map { ByteView(rebasing: key[..<$0]).text } ?? ""
    }

    /// Every row that is kept in memory (all but members), sorted by key: equal states give equal
    /// dumps.
    package func dump() -> [RowChange] {
        var rows = lots.lots.map(\.row)
        for set in holds.values { rows += set.all.map(\.row) }
        rows += timers.all.map(\.row)
        rows += effectiveChanges.values.map(\.row)
        rows += groups.all.map(\.row)
        for (number, lots) in groups.affectedLots {
            rows += lots.map { Self.affectedRow($0.text, of: number) }
        }
        return rows.sorted { $0.key < $1.key }
    }
}
