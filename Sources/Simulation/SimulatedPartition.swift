// One partition of the simulated log: records and control markers by offset, the low watermark that
// retention moves, and the open transactions that hold back the last stable offset.

import EventModel

/// A partition's records. What retention and compaction remove stays here for the checkers, who see
/// the partition as it was written; readers of the plant do not see it.
struct SimulatedPartition {
    /// What lies at one offset.
    struct Entry {
        /// Nil for a control marker.
        var record: PlainRecord?
        /// Index into the log's transactions; -1 outside of any.
        var transaction: Int
        var isCompacted = false
    }

    private(set) var entries: ContiguousArray<Entry> = []
    /// The oldest offset still there.
    private(set) var low: Int64 = 0
    /// Transactions without a marker here, with their first offset, in order of that.
    private var open: [(transaction: Int, first: Int64)] = []

    /// The high watermark.
    var end: Int64 { Int64(entries.count) }
    /// The last stable offset.
    var stableEnd: Int64 { open.first?.first ?? end }

    mutating func append(_ record: PlainRecord, transaction: Int) {
        if transaction >= 0, !open.contains(where: { $0.transaction == transaction }) {
            open.append((transaction, end))
        }
        entries.append(Entry(record: record, transaction: transaction))
    }

    /// The transaction ends here: what it wrote may be shown, or never will be.
    mutating func appendMarker(of transaction: Int) {
        open.removeAll { $0.transaction == transaction }
        entries.append(Entry(record: nil, transaction: -1))
    }

    /// Retention: what lies before the offset is gone.
    mutating func delete(before offset: Int64) { low = max(low, min(offset, stableEnd)) }

    /// The log cleaner: of the records below `end` only the last of each key stays, and of its
    /// tombstones those appended at or after `tombstonesFrom`. `isVisible` answers for a
    /// transaction whether it was committed.
    mutating func compact(
        below end: Int64, tombstonesFrom: Instant, isVisible: (Int) -> Bool
    ) {
        var seen: Set<[UInt8]> = []
        for index in stride(from: Int(min(end, stableEnd)) - 1, through: 0, by: -1) {
            guard !entries[index].isCompacted, let record = entries[index].record else { continue }
            guard isVisible(entries[index].transaction) else {
                entries[index].isCompacted = true
                continue
            }
            guard let key = record.key else { continue }
            let isLast = seen.insert(key).inserted
            let isOldTombstone = record.value == nil && record.appendTime < tombstonesFrom
            if !isLast || isOldTombstone { entries[index].isCompacted = true }
        }
    }
}
