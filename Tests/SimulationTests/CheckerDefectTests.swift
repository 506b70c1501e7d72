// Each defect is found by the check that promises what it breaks.

import EventModel
import Testing

@testable import Simulation

@Suite struct CheckerDefectTests {
    private static let good: Result<RunEvidence, any Error> = Result {
        let plant = try CheckerPlant()
        try plant.busyDay()
        return try plant.evidence()
    }

    static let outputs: [CheckerDefect] = [
        CheckerDefect(
            "a hold that came out twice", .exactlyOnce, says: "Doubled: holdfast.holdApplied"
        ) {
            $0.double(try $0.find(.holds, "holdApplied"))
        },
        CheckerDefect(
            "a hold that never came out", .exactlyOnce, says: "Lost: holdfast.holdApplied"
        ) {
            $0.remove(try $0.find(.holds, "holdApplied"))
        },
        CheckerDefect(
            "an event under an id from a counter", .exactlyOnce,
            says: "Nobody's: holdfast.holdReleased"
        ) { evidence in
            let place = try evidence.find(.holds, "holdReleased")
            let record = evidence.topics[place.0]!.records[place.1]
            let id = try #require(EvidenceJSON(record.value!).text("id"))
            try evidence.edit(place, id, "00000000000000000000000000000001")
        },
        CheckerDefect("another cause's time", .content) {
            try $0.edit(try $0.find(.holds, "holdApplied"), "05:59:00Z", "05:58:00Z")
        },
        CheckerDefect("a hold set that forgets a hold", .holdSets) {
            try $0.edit(
                try $0.find(.holds, "holdReleased"), #""openHoldCount":1"#,
                #""openHoldCount":0"#)
        },
        CheckerDefect("a disposition that names no blockers", .holdSets) { evidence in
            let place = try evidence.find(.holds, "dispositionRefused")
            let text = evidence.topics[place.0]!.records[place.1].text
            let start = try #require(text.firstRange(of: #""blockers":["#)?.upperBound)
            let end = try #require(text[start...].firstIndex(of: "]"))
            try evidence.edit(place, String(text[start..<end]), "")
        },
        CheckerDefect("a gate that says open while a hold is on it", .gates) { evidence in
            let place = try evidence.find(.gates, #""state":"closed""#)
            try evidence.edit(place, #""state":"closed""#, #""state":"open""#)
        },
        CheckerDefect("a deviation that can be read before its hold", .order) { evidence in
            try evidence.delay(try evidence.find(.holds, #""id":"third""#))
        },
        CheckerDefect("a deviation of an earlier transaction than its hold", .order) { evidence in
            // Every record in one transaction, the hold's in a later one: whatever the times say.
            for place in evidence.topics.keys {
                let count = evidence.topics[place]!.records.count
                evidence.topics[place]!.ranks = Array(repeating: 1, count: count)
            }
            let hold = try evidence.find(.holds, #""id":"third""#)
            evidence.topics[hold.0]!.ranks![hold.1] = 2
        },
        CheckerDefect("an event that names a policy nobody knows", .content) { evidence in
            let place = try evidence.find(.alerts, "alertRaised")
            let text = evidence.topics[place.0]!.records[place.1].text
            let start = try #require(text.firstRange(of: #""policyDigest":""#)?.upperBound)
            let digest = String(text[start...].prefix { $0 != "\"" })
            try evidence.edit(place, digest, String(digest.reversed()))
        },
        CheckerDefect("an alert that was neither raised nor suppressed", .members) {
            $0.remove(try $0.find(.alerts, "alertSuppressed"))
        },
        CheckerDefect("a member that was not counted", .members) {
            try $0.edit(
                try $0.find(.deviations, "deviationUpdated"), #""memberCount":2"#,
                #""memberCount":1"#)
        },
        CheckerDefect("a signal sent twice", .signals, says: "stands there 2 times") {
            $0.double(try $0.find(.signals, #""kind":"signal""#))
        },
        CheckerDefect("a dead letter that is missing", .deadLetters) {
            $0.remove(try $0.find(.deadLetters) { _ in true })
        },
        CheckerDefect("a dead letter with another reason", .deadLetters) { evidence in
            let place = try evidence.find(.deadLetters) { _ in true }
            let headers = evidence.topics[place.0]!.records[place.1].headers
            let index = try #require(headers.firstIndex { $0.name == "hf_reason" })
            evidence.topics[place.0]!.records[place.1].headers[index].value = Array("wrongKey".utf8)
        },
        CheckerDefect("a dead letter whose value was cut", .deadLetters) { evidence in
            let place = try evidence.find(.deadLetters) { _ in true }
            evidence.topics[place.0]!.records[place.1].value = []
        },
    ]

    static let timers: [CheckerDefect] = [
        CheckerDefect("a timer that fired twice", .timers, says: "Doubled") {
            $0.double(try $0.find(.changes, "changeEffective", "C-soon"))
        },
        CheckerDefect("a timer that never fired", .timers, says: "Lost") {
            $0.remove(try $0.find(.changes, "changeEffective", "C-soon"))
        },
        CheckerDefect("a timer that fired before its instant", .timers, says: "before its instant")
        { evidence in
            let place = try evidence.find(.changes, "changeEffective", "C-soon")
            evidence.topics[place.0]!.records[place.1].appendTime = Instant(
                rfc3339: "2026-01-05T05:59:50Z")!
        },
        CheckerDefect(
            "a change that was cancelled in time and took effect", .timers,
            says: "Nobody's: holdfast.changeEffective"
        ) { evidence in
            let approval = try evidence.find(.qmsQuality, "changeApproved", "C-off")
            let reader = InboundReader(partitions: evidence.partitions, rules: evidence.rules)
            let verdict = reader.verdict(evidence.topics[approval.0]!.records[approval.1])
            guard case .fact(let fact) = verdict else { throw NothingToSpoil() }
            let subject = EvidenceSubject(type: "change", id: "C-off")
            let forged = ExpectedOutput(
                .changeEffective, subject: subject, rule: "change", cause: fact, [])
            let place = try evidence.find(.changes, "changeEffective", "C-soon")
            var record = evidence.topics[place.0]!.records[place.1]
            let id = try #require(EvidenceJSON(record.value!).text("id"))
            record.value = Array(record.text.replacing(id, with: forged.id).utf8)
            record.offset = Offset(1_000)
            evidence.topics[place.0]!.records.append(record)
        },
        CheckerDefect("a timer that fired and still stands in the state", .timers) { evidence in
            let place = try evidence.find(.state) { record in
                record.value == nil
                    && String(decoding: record.key ?? [], as: UTF8.self).contains("/timer/")
            }
            evidence.remove(place)
        },
    ]

    static let batches: [CheckerDefect] = [
        CheckerDefect("a batch record that is gone", .chain) {
            $0.remove((TopicPartition(.audit, Partition(0)), 1))
        },
        CheckerDefect("batches under another policy than the deployment's", .chain) {
            $0.policyText = "{}"
        },
        CheckerDefect("a batch record that was edited", .chain) {
            try $0.edit(
                (TopicPartition(.audit, Partition(0)), 0), #""epoch":1"#, #""epoch":0"#)
        },
        CheckerDefect("a gap between two ranges", .ranges, says: "gap") { evidence in
            let index = try evidence.movingBatch(of: 0)
            try evidence.editBatch(0, index) { text in
                let from = try #require(text.firstRange(of: #"{"from":"#)?.upperBound)
                let digits = text[from...].prefix { $0.isNumber }
                return text.replacing(
                    #"{"from":\#(digits),"#, with: #"{"from":\#(Int(digits)! + 1),"#,
                    maxReplacements: 1)
            }
        },
        CheckerDefect("two ranges that overlap", .ranges, says: "overlap") { evidence in
            let index = try evidence.movingBatch(of: 0)
            try evidence.editBatch(0, index) { text in
                let from = try #require(text.firstRange(of: #"{"from":"#)?.upperBound)
                let digits = text[from...].prefix { $0.isNumber }
                return text.replacing(
                    #"{"from":\#(digits),"#, with: #"{"from":\#(Int(digits)! - 1),"#,
                    maxReplacements: 1)
            }
        },
        CheckerDefect("records that were never read", .ranges) { evidence in
            let place = try evidence.find(.mesExecution, "third")
            var record = evidence.topics[place.0]!.records[place.1]
            record.offset = Offset(5_000)
            evidence.topics[place.0]!.records.append(record)
        },
        CheckerDefect("a refused offset that the batch record does not name", .refusals) {
            evidence in
            for task in 0..<evidence.partitions {
                let place = TopicPartition(.audit, Partition(task))
                let index = evidence.topics[place]!.records.firstIndex {
                    !$0.text.contains(#""refused":[]"#)
                }
                guard let index else { continue }
                try evidence.editBatch(task, index) { text in
                    let start = try #require(text.firstRange(of: #""refused":["#)?.upperBound)
                    let end = try #require(text[start...].firstIndex(of: "]"))
                    return String(text[..<start]) + String(text[end...])
                }
                return
            }
            throw NothingToSpoil()
        },
        CheckerDefect("a batch that counts a duplicate as new", .counts) { evidence in
            for task in 0..<evidence.partitions {
                let place = TopicPartition(.audit, Partition(task))
                let index = evidence.topics[place]!.records.firstIndex {
                    $0.text.contains(#""duplicates":1"#)
                }
                guard let index else { continue }
                return try evidence.editBatch(task, index) {
                    $0.replacing(#""duplicates":1"#, with: #""duplicates":0"#)
                }
            }
            throw NothingToSpoil()
        },
    ]

    static let disks: [CheckerDefect] = [
        CheckerDefect("a row on disk that differs", .state) { evidence in
            let index = try #require(evidence.disks[0].rows.indices.first)
            evidence.disks[0].rows[index].value.append(32)
        },
        CheckerDefect("a row that is missing on disk", .state) {
            $0.disks[1].rows.removeLast()
        },
        CheckerDefect("an effect on disk that the log never had", .state) {
            $0.disks[0].rows.append(
                DiskEvidence.Row(key: Array("lot/L-9".utf8), value: Array("{}".utf8)))
        },
        CheckerDefect("a disk whose head is ahead", .state) {
            $0.disks[0].head?.append(32)
        },
        CheckerDefect("a head whose position went back", .head) { evidence in
            let place = try evidence.lastHead(of: 0)
            let text = evidence.topics[place.0]!.records[place.1].text
            let start = try #require(text.firstRange(of: #""mes.execution":"#, after: "positions"))
            let digits = text[start...].prefix { $0.isNumber }
            try evidence.edit(place, #""mes.execution":\#(digits)"#, #""mes.execution":0"#)
        },
        CheckerDefect("an id that is missing in the window", .dedupe) {
            $0.disks[0].sightings.removeFirst()
        },
        CheckerDefect("an id in a bucket too early", .dedupe) {
            $0.disks[0].sightings[0].bucket -= 1
        },
        CheckerDefect("an id in the window that was refused", .dedupe) {
            $0.disks[0].sightings.append(
                DiskEvidence.Sighting(
                    topic: .mesExecution, identity: Fingerprint(low: 1, high: 2),
                    bucket: $0.disks[0].sightings[0].bucket))
        },
        CheckerDefect("a hold in the state that nobody released or applied", .holdSets) {
            evidence in
            let place = try evidence.find(.state) { record in
                record.text.contains(#""state":"released""#)
            }
            try evidence.edit(place, #""state":"released""#, #""state":"open""#)
        },
    ]

    @Test(arguments: outputs + timers + batches + disks)
    func `one defect is found by the check that promises what it breaks`(
        defect: CheckerDefect
    ) throws {
        var evidence = try Self.good.get()
        try defect.spoil(&evidence)
        let findings = Checkers.examine(evidence)
        #expect(
            findings.contains { $0.check == defect.check && $0.text.contains(defect.words) },
            "\(findings.map(\.description).joined(separator: "\n"))")
    }

    /// The broker's clock may run backwards: then only ranks can order topics.
    @Test func `append times that went back order nothing`() throws {
        var evidence = try Self.good.get()
        try evidence.delay(try evidence.find(.holds, #""id":"third""#))
        let audit = TopicPartition(.audit, Partition(0))
        let last = try #require(evidence.topics[audit]?.records.indices.last)
        evidence.topics[audit]!.records[last].appendTime = Instant(
            rfc3339: "2026-01-05T05:00:00Z")!
        #expect(Checkers.examine(evidence) == [])
    }

    /// So that a new check is not without a defect that it finds.
    @Test func `every check has a defect`() {
        let found = Set((Self.outputs + Self.timers + Self.batches + Self.disks).map(\.check))
        #expect(Set(Check.allCases).subtracting(found) == [.unreadable])
    }

    @Test func `a record that is none of ours is named`() throws {
        var evidence = try Self.good.get()
        let place = try evidence.find(.alerts, "alertRaised")
        evidence.topics[place.0]!.records[place.1].value = Array("{".utf8)
        #expect(Checkers.examine(evidence).contains { $0.check == .unreadable })
    }
}

extension RunEvidence {
    /// Index of a batch of the task whose range of mes.execution begins behind the first offset and
    /// moves.
    fileprivate func movingBatch(of task: Int32) throws -> Int {
        let records = partition(.audit, task).records
        let index = records.firstIndex { record in
            guard let note = BatchNote(record) else { return false }
            return note.ranges.first.map { $0.from > 0 && $0.to > $0.from + 1 } ?? false
        }
        guard let index else { throw NothingToSpoil() }
        return index
    }

    fileprivate func lastHead(of task: Int32) throws -> (TopicPartition, Int) {
        let place = TopicPartition(.state, Partition(task))
        let index = topics[place]?.records.lastIndex {
            $0.key == Array("\(task)/head".utf8)
        }
        guard let index else { throw NothingToSpoil() }
        return (place, index)
    }
}

extension String {
    /// Where the words end that stand behind others.
    fileprivate func firstRange(of words: String, after before: String) -> Index? {
        guard let start = firstRange(of: before)?.upperBound else { return nil }
        return self[start...].firstRange(of: words)?.upperBound
    }
}
