// What must be in the output topics, counted: deciding the batches again writes it down, reading
// the topics strikes it out, and what is left on either side is a difference. A record is its whole
// bytes: key, value and headers. 128 bits stand for them; where two records fell together the
// counts would still have to agree.

import Digests
import EventLog
import EventModel

/// The outputs of one run, expected and found.
struct OutputLedger: ~Copyable {
    /// Where an expected output comes from, and how many of its like are still to be found.
    private struct Expected {
        var missing: Int
        let task: Partition
        let audit: Offset
    }

    private var expected: [TopicPartition: [Fingerprint: Expected]] = [:]
    /// The row that each key of a compacted topic must end with, by the key's fingerprint.
    private var lastRows: [TopicPartition: [Fingerprint: Fingerprint]] = [:]
    /// The first batch of each task of which something was found.
    private var firstFound: [TopicPartition: [Partition: Offset]] = [:]
    private var scratch: [UInt8] = []

    /// Topics where an older record of a key may be gone.
    private static let compacted: Set<Topic> = [.gates]

    /// Notes a record that the batch at `audit` of this task must have written.
    mutating func expect(_ record: BufferedRecord, task: Partition, audit: Offset) {
        let place = TopicPartition(record.topic, record.partition)
        begin(record.key, record.value)
        record.forEachHeader { add($0, $1) }
        let image = fingerprint
        expected[place, default: [:]][
            image, default: Expected(missing: 0, task: task, audit: audit)
        ]
        .missing += 1
        guard Self.compacted.contains(place.topic), let key = record.key else { return }
        lastRows[place, default: [:]][Fingerprinter.of(key)] = image
    }

    /// Strikes out a record that is in the log; false when nobody decided it (or not so often).
    mutating func find(_ record: borrowing LogRecord) -> Bool {
        begin(record.key, record.value)
        for header in record.headers { add(header.name, header.value) }
        let place = TopicPartition(record.topic, record.partition)
        let image = fingerprint
        guard let output = expected[place]?[image], output.missing > 0 else { return false }
        expected[place]?[image]?.missing = output.missing - 1
        if firstFound[place]?[output.task] == nil {
            firstFound[place, default: [:]][output.task] = output.audit
        }
        return true
    }

    /// An output that was not found.
    struct Missing {
        let task: Partition
        /// Its batch record's offset.
        let audit: Offset
        let count: Int
        /// Nothing before it is there either: retention may have taken it.
        let isAtBeginning: Bool
    }

    /// The outputs of this partition that were not found.
    func missing(in place: TopicPartition) -> [Missing] {
        var found: [Missing] = []
        let last = lastRows[place].map { Set($0.values) }
        for (image, output) in expected[place] ?? [:] where output.missing > 0 {
            // Compaction keeps the last row of a key, and only that is owed.
            if Self.compacted.contains(place.topic), last?.contains(image) != true { continue }
            let first = firstFound[place]?[output.task]
            found.append(
                Missing(
                    task: output.task, audit: output.audit, count: output.missing,
                    isAtBeginning: first.map { output.audit <= $0 } ?? true))
        }
        return found.sorted { ($0.task, $0.audit) < ($1.task, $1.audit) }
    }

    // MARK: A record's bytes in one row, each part preceded by its length

    private mutating func begin(_ key: ByteView?, _ value: ByteView?) {
        scratch.removeAll(keepingCapacity: true)
        add(key)
        add(value)
    }

    private mutating func add(_ name: ByteView, _ value: ByteView?) {
        add(name)
        add(value)
    }

    private mutating func add(_ part: ByteView?) {
        withUnsafeBytes(of: part.map { Int64($0.count) } ?? -1) { scratch.append(contentsOf: $0) }
        if let part { scratch.append(contentsOf: part) }
    }

    private var fingerprint: Fingerprint { scratch.withUnsafeBytes { Fingerprinter.of($0) } }
}
