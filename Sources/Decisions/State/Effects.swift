// What decisions come to. The shell owns one of these per batch and hands it in again and again, so
// that uneventful records cost nothing; the shell, not this module, makes any of it happen.

package import EventModel

/// Everything that the records of a batch (or one record) lead to, in the order of the decisions.
package struct Effects {
    /// For one record: holds, gate, disposition/change/document, deviation, alert.
    package private(set) var outbound: [OutboundEvent] = []
    /// What other tasks are asked, after the outbound events of the same record.
    package private(set) var signals: [OutboundSignal] = []
    /// Changes of state, in order; within one record a key stands once.
    package private(set) var rows: [RowChange] = []
    /// A hold was applied, or a gate closed or opened (docs/design.md, commit protocol).
    package private(set) var commitsAtOnce = false
    /// How often each reason of `NoEffect` came up, by its raw value.
    private var counts = [Int](repeating: 0, count: NoEffect.allCases.count)
    private var hasCounts = false
    /// Where the rows of the record in hand begin.
    private var rowsOfRecord = 0

    /// No effects yet.
    package init() {}

    /// Empties it for the next batch and keeps the memory.
    package mutating func reset() {
        outbound.removeAll(keepingCapacity: true)
        signals.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        commitsAtOnce = false
        rowsOfRecord = 0
        guard hasCounts else { return }
        for index in counts.indices { counts[index] = 0 }
        hasCounts = false
    }

    /// Something came of a record, be it a count. Asked for every record, hence mutating, in form
    /// only (see `TaskState.hasTimer`).
    package mutating func hasAny() -> Bool {
        hasCounts || !rows.isEmpty || !outbound.isEmpty || !signals.isEmpty
    }

    /// How often that reason came up since the last `reset`.
    package func count(of reason: NoEffect) -> Int { counts[Int(reason.rawValue)] }

    /// All records (or parts of records) without effect.
    package var noEffectCount: Int { counts.reduce(0, +) }

    /// From here on rows belong to another record.
    mutating func beginRecord() { rowsOfRecord = rows.count }

    mutating func add(_ event: OutboundEvent) { outbound.append(event) }

    mutating func add(_ signal: OutboundSignal) { signals.append(signal) }

    mutating func noteNoEffect(_ reason: NoEffect) {
        counts[Int(reason.rawValue)] += 1
        hasCounts = true
    }

    mutating func requestCommit() { commitsAtOnce = true }

    /// A change of state; it replaces one of the same key by the same record. A record changes few
    /// rows, so looking through them is cheaper than a table.
    mutating func put(_ row: RowChange) {
        for index in rowsOfRecord..<rows.count where rows[index].key == row.key {
            rows[index] = row
            return
        }
        rows.append(row)
    }

    /// Removes a row that this record has not touched before.
    mutating func remove(key: String) { rows.append(RowChange(key: key, value: nil)) }
}
