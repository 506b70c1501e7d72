// Ways to spoil the evidence of a good run, one defect each: a checker that cannot find them proves
// nothing.

import EventModel
import Testing

@testable import Simulation

/// One defect and the check that must find it.
struct CheckerDefect: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let check: Check
    /// What the sentence must say.
    let words: String
    let spoil: @Sendable (inout RunEvidence) throws -> Void

    init(
        _ name: String, _ check: Check, says words: String = "",
        _ spoil: @escaping @Sendable (inout RunEvidence) throws -> Void
    ) {
        testDescription = name
        self.check = check
        self.words = words
        self.spoil = spoil
    }
}

/// A defect did not find what it wanted to spoil.
struct NothingToSpoil: Error {}

extension RunEvidence {
    /// The first record of a topic that the closure takes.
    func find(_ topic: Topic, _ matches: (PlainRecord) -> Bool) throws -> (TopicPartition, Int) {
        for (place, partition) in places(of: topic) {
            if let index = partition.records.firstIndex(where: matches) { return (place, index) }
        }
        throw NothingToSpoil()
    }

    func find(_ topic: Topic, _ words: String...) throws -> (TopicPartition, Int) {
        try find(topic) { record in words.allSatisfy { record.text.contains($0) } }
    }

    /// Appends a copy of a record behind the last of its partition.
    mutating func double(_ at: (TopicPartition, Int)) {
        guard var copy = topics[at.0]?.records[at.1],
            let end = topics[at.0]?.records.last?.offset.rawValue
        else { return }
        copy.offset = Offset(end + 2)
        topics[at.0]?.records.append(copy)
    }

    /// Moves a record and all behind it in its partition to an hour later.
    mutating func delay(_ at: (TopicPartition, Int)) throws {
        let late = try #require(Instant(rfc3339: "2026-01-05T07:00:00Z"))
        guard let count = topics[at.0]?.records.count else { throw NothingToSpoil() }
        for index in at.1..<count { topics[at.0]?.records[index].appendTime = late }
    }

    mutating func remove(_ at: (TopicPartition, Int)) {
        topics[at.0]?.records.remove(at: at.1)
    }

    /// Replaces words in a record's value.
    mutating func edit(_ at: (TopicPartition, Int), _ old: String, _ new: String) throws {
        guard let record = topics[at.0]?.records[at.1], let found = record.text.firstRange(of: old)
        else { throw NothingToSpoil() }
        topics[at.0]?.records[at.1].value = Array(
            record.text.replacingCharacters(found, new).utf8)
    }

    /// Edits a batch record and mends the hashes of those after it: a liar who can count.
    mutating func editBatch(
        _ task: Int32, _ index: Int, _ edit: (String) throws -> String
    ) throws {
        let place = TopicPartition(.audit, Partition(task))
        guard var records = topics[place]?.records, index < records.count else {
            throw NothingToSpoil()
        }
        records[index].value = Array(try edit(records[index].text).utf8)
        for next in index..<records.count - 1 {
            let old = topics[place]!.records[next]
            let (before, after) = (
                EvidenceSHA256.hex(old.value ?? []), EvidenceSHA256.hex(records[next].value ?? [])
            )
            records[next + 1].value = Array(
                records[next + 1].text.replacing(before, with: after).utf8)
        }
        topics[place]?.records = records
    }
}

extension PlainRecord {
    var text: String { String(decoding: value ?? [], as: UTF8.self) }
}

extension String {
    fileprivate func replacingCharacters(_ range: Range<Index>, _ new: String) -> String {
        String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
