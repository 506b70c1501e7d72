// Rule 1: of the heads of a batch's ranges the smallest (append time, row) goes next.

import EventModel

/// The records of one batch in the order in which they were decided.
struct BatchMerge {
    private struct Line {
        var records: [PlainRecord]
        var at: Int
        var end: Int
    }
    /// In the order of the topics' rows.
    private var lines: [Line] = []

    init(_ note: BatchNote, _ evidence: RunEvidence, _ task: Int32) {
        for topic in Topic.inputs {
            let records = evidence.partition(topic, task).records
            for range in note.ranges where range.topic == topic && !range.isLost {
                let start = Self.index(of: range.from, in: records)
                let end = Self.index(of: range.to, in: records)
                if start < end { lines.append(Line(records: records, at: start, end: end)) }
            }
        }
    }

    /// Index of the first record at or after an offset.
    static func index(of offset: Int64, in records: [PlainRecord]) -> Int {
        var low = 0
        var high = records.count
        while low < high {
            let middle = (low + high) / 2
            if records[middle].offset.rawValue < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private var headLine: Int? {
        var best: Int?
        for index in lines.indices where lines[index].at < lines[index].end {
            // Of equal times the earlier row stays.
            if let found = best, time(found) <= time(index) { continue }
            best = index
        }
        return best
    }

    private func time(_ line: Int) -> Int64 {
        lines[line].records[lines[line].at].appendTime.rawValue
    }

    /// Append time of the record that goes next; nil when none is left.
    var headTime: Int64? { headLine.map(time) }

    /// The next record and its index in its partition.
    mutating func next() -> (PlainRecord, Int)? {
        guard let line = headLine else { return nil }
        let index = lines[line].at
        lines[line].at += 1
        return (lines[line].records[index], index)
    }
}
