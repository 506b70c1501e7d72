// One input partition of a task: records polled and not yet decided, and how far reading has come.

import EventLog
import EventModel

/// A first-in-first-out of polled records with the partition's position.
struct InputQueue {
    let topic: Topic
    private var records: ContiguousArray<LogRecord> = []
    private var head = 0
    /// Bytes of the values of what is in the queue.
    private(set) var bytes = 0
    /// Decided up to here: the offset after the last decided record, or the end when that is
    /// further.
    private(set) var position: Offset
    /// The end as of the last `reachedEnd`; nil while records came after it.
    private var end: Offset?
    /// It is not read on for the moment: enough is held of it.
    var isPaused = false
    /// Where the open batch began.
    var batchStart: Offset
    /// Offsets that retention ate before `batchStart`, to be said in the next batch record.
    var lostBefore: OffsetRange?
    /// Greatest key of records of other inputs decided since this input's last one: a record
    /// before it would have gone first, so it must wait for the next batch (design rule 1).
    var floor = MergeKey.first

    init(topic: Topic, position: Offset) {
        self.topic = topic
        self.position = position
        self.batchStart = position
    }

    var isEmpty: Bool { head == records.count }
    /// Nothing more is known to exist.
    var isAtEnd: Bool { end != nil }
    /// A record may be chosen: this input cannot bring an older one unless it is new.
    var isReady: Bool { !isEmpty || isAtEnd }
    var count: Int { records.count - head }

    /// The next record; not empty.
    var first: LogRecord {
        @inline(__always) get { records[head] }
    }

    mutating func append(_ record: LogRecord) {
        records.append(record)
        bytes += record.value?.count ?? 0
        end = nil
    }

    mutating func reachedEnd(at offset: Offset) { end = offset }

    mutating func removeFirst() -> LogRecord {
        let record = records[head]
        head += 1
        position = record.offset.next
        bytes -= record.value?.count ?? 0
        if head == records.count {
            records.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 8192 {
            records.removeSubrange(0..<head)
            head = 0
        }
        return record
    }

    /// Moves the position over what lies between the last record and the end (control records).
    mutating func settleAtEnd() {
        if isEmpty, let end, end > position { position = end }
    }

    /// Gives back all undecided records.
    mutating func drain(_ release: (LogRecord) -> Void) {
        for index in head..<records.count { release(records[index]) }
        records.removeAll(keepingCapacity: true)
        head = 0
        bytes = 0
        end = nil
    }
}

/// Place of a record in a batch: append time, then row of its topic (design rule 1).
struct MergeKey: Comparable {
    var time: Instant
    var row: UInt8
    static let first = MergeKey(time: .distantPast, row: 0)
    @inline(__always)
    init(time: Instant, row: UInt8) {
        self.time = time
        self.row = row
    }
    @inline(__always)
    init(_ record: borrowing LogRecord) {
        self.init(time: record.appendTime, row: record.topic.rawValue)
    }
    /// By raw values: an operator of another module's type is a call through a table.
    @inline(__always)
    static func < (left: MergeKey, right: MergeKey) -> Bool {
        let (time, other) = (left.time.rawValue, right.time.rawValue)
        return time == other ? left.row < right.row : time < other
    }
}
