// Reads a task's changelog. What comes stays in hand up to a bound, so that a whole state goes to
// the store sorted and in one transaction, and to memory without being read back.

import EventLog
import EventModel
import Store

/// Applies changelog records to a store. Rows are written as they come; where the store stands
/// (head and changelog offset) is written by the caller once the dedupe window is whole as well: a
/// crash before that reads the same stretch again, and rows applied twice are the same rows.
struct ChangelogApplier {
    let store: TaskStore
    /// `<task>/`, which stands before each key.
    let taskPrefix: String
    /// Where this stretch of the changelog begins.
    let start: Offset
    let savedAt: Instant
    /// The changelog offset after the last one read.
    private(set) var next: Offset
    private(set) var applied = 0
    /// The last head row read.
    private(set) var head: [UInt8]?
    /// The rows in hand. Keys come in no order, so that a small transaction rewrites most pages of
    /// the table for a row or two each: the fewer transactions, the faster a restore.
    let slab = RowSlab()
    private let slabBytesMax: Int
    /// The slab holds the task's whole state: the store was empty, and nothing was written to it.
    private(set) var isWhole: Bool

    init(
        store: TaskStore, taskPrefix: String, start: Offset, savedAt: Instant, slabBytesMax: Int
    ) {
        self.store = store
        self.slabBytesMax = slabBytesMax
        isWhole = store.changelogNext == nil
        self.taskPrefix = taskPrefix
        self.start = start
        self.savedAt = savedAt
        next = start
    }

    /// Polls that bring nothing more, of 100 ms each, before a transaction that is open on the
    /// partition is waited for elsewhere, with polls of the group in between.
    private static let emptyPollsMax = 10

    /// Reads until the partition's end is at or beyond `target`.
    /// - Throws: passing (`isPassing`) when an open transaction holds the end back.
    mutating func run(
        reader: any LogReader, changelog: TopicPartition, target: Offset, ticket: RecoveryTicket
    ) throws(WorkerError) {
        guard next < target else { return }
        do { try reader.assign([(changelog, next)]) } catch { throw WorkerError(error) }
        var records: ContiguousArray<LogRecord> = []
        var events: [LogEvent] = []
        var isDone = false
        // An end was told that is not far enough.
        var isHeldBack = false
        var emptyPolls = 0
        while !isDone {
            try ticket.check()
            records.removeAll(keepingCapacity: true)
            events.removeAll(keepingCapacity: true)
            do {
                try reader.poll(
                    records: &records, events: &events, max: 4096, timeoutMilliseconds: 100)
            } catch {
                guard error.reaction == .retry else { throw WorkerError(error) }
            }
            for record in records {
                take(record)
                reader.release(record)
            }
            for case .reachedEnd(changelog, let end) in events {
                isHeldBack = true
                guard end >= target else { continue }
                next = max(next, end)
                isDone = true
            }
            if slab.byteCount >= slabBytesMax {
                isWhole = false
                try flush(changelog.partition)
            }
            emptyPolls = records.isEmpty && isHeldBack && !isDone ? emptyPolls + 1 : 0
            if emptyPolls > Self.emptyPollsMax { throw Self.heldBack(changelog) }
        }
    }

    /// 1. A worker that lost the task has sent its records and not yet its offsets, which will be
    /// refused. 2. The group's offsets are stable. 3. The changelog ends behind those records.
    private static func heldBack(_ changelog: TopicPartition) -> WorkerError {
        WorkerError(
            LogError(
                operation: "recover task \(changelog.partition.rawValue)",
                code: "OPEN_TRANSACTION", reaction: .retry,
                message: "a transaction is open on \(changelog.topic.name)"
                    + "/\(changelog.partition.rawValue)",
                hint: "It ends with transaction.timeout.ms of the worker that left it."))
    }

    private mutating func take(_ record: borrowing LogRecord) {
        next = record.offset.next
        applied += 1
        guard let key = record.key, key.starts(with: taskPrefix.utf8) else { return }
        let name = ByteView(rebasing: key[taskPrefix.utf8.count...])
        if name.elementsEqual(TaskHead.key.utf8) {
            if let value = record.value { head = Array(value) }
        } else {
            slab.append(key: name, value: record.value)
        }
    }

    /// Writes what is in hand to the store.
    func flush(_ partition: Partition) throws(WorkerError) {
        guard slab.count > 0 else { return }
        slab.arrange()
        do throws(StoreError) {
            try write()
        } catch {
            throw WorkerError(error, partition: partition)
        }
        slab.removeAll()
    }

    /// The rows in hand, arranged, in one transaction.
    func write() throws(StoreError) {
        try store.restore(
            // As old as it was: `start` is, and tombstones after it may go before the end is
            // reached.
            slab, head: nil, changelogNext: start, savedAt: store.savedAt ?? savedAt)
    }

    /// The same for a whole state.
    func build() throws(StoreError) {
        try store.build(slab, changelogNext: start, savedAt: savedAt)
    }
}
