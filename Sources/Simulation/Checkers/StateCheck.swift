// State from the changelog equals state on disk, and both say what the batch records and the model
// say: heads, hold sets, timers still armed.

import EventModel

/// What holdfast.state says of one task, up to some offset.
struct StateCheck {
    let evidence: RunEvidence
    let chain: BatchChain
    private let task: Int32
    private let prefix: [UInt8]
    private static let headKey = Array("head".utf8)

    init(_ evidence: RunEvidence, _ chain: BatchChain) {
        self.evidence = evidence
        self.chain = chain
        task = chain.task
        prefix = Array("\(task)/".utf8)
    }

    func examine(_ model: ModelTask, clocks: [Topic: Int64], _ findings: inout Findings) {
        let whole = table(before: .max, &findings)
        examineHead(whole[Self.headKey], clocks, &findings)
        examineHolds(whole, model, &findings)
        examineTimers(whole, model, &findings)
        for disk in evidence.disks where disk.task == task {
            compare(disk, whole, &findings)
        }
    }

    /// The rows that the changelog leaves: the last value of each key, without tombstones.
    private func table(
        before end: Int64, _ findings: inout Findings
    ) -> [[UInt8]: [UInt8]] {
        var rows: [[UInt8]: [UInt8]] = [:]
        for record in evidence.partition(.state, task).records
        where record.offset.rawValue < end {
            guard let key = record.key, key.starts(with: prefix) else {
                findings.add(
                    .state, Checkers.place(record), "Its key is none of task \(task).")
                continue
            }
            rows[Array(key[prefix.count...])] = record.value
        }
        return rows
    }

    // MARK: - Disks

    private func compare(
        _ disk: DiskEvidence, _ whole: [[UInt8]: [UInt8]], _ findings: inout Findings
    ) {
        let place = "\(disk.worker)/task-\(task)"
        let records = evidence.partition(.state, task).records
        let next = disk.changelogNext ?? 0
        let behind = records.lazy.filter { $0.offset.rawValue >= next }.count
        if disk.isOwner, behind > 0 {
            findings.add(
                .state, place, "Its owner's disk is \(behind) records behind the changelog.")
        }
        var rows = whole
        if behind > 0 {
            // What compaction has taken can no longer be told.
            if evidence.compacted.contains(.state) { return }
            rows = table(before: next, &findings)
        }
        let head = rows.removeValue(forKey: Self.headKey)
        if disk.head != head {
            findings.add(.state, place, "The head on disk is not that of the changelog.")
        }
        var extra = 0
        for row in disk.rows {
            guard let due = rows.removeValue(forKey: row.key) else {
                extra += 1
                let name = String(decoding: row.key, as: UTF8.self)
                findings.add(.state, place, "The row \(name) is on disk and not in the changelog.")
                continue
            }
            if due != row.value {
                let name = String(decoding: row.key, as: UTF8.self)
                findings.add(.state, place, "The row \(name) differs from the changelog's.")
            }
        }
        for (key, _) in rows {
            let name = String(decoding: key, as: UTF8.self)
            findings.add(.state, place, "The row \(name) is in the changelog and not on disk.")
        }
    }

    // MARK: - Head

    private func examineHead(
        _ head: [UInt8]?, _ clocks: [Topic: Int64], _ findings: inout Findings
    ) {
        let place = "\(Topic.state.name)/\(task) head"
        guard let last = chain.notes.last else {
            if head != nil { findings.add(.head, place, "There is a head and no batch record.") }
            return
        }
        guard let head, let json = try? EvidenceJSON(head) else {
            return findings.add(.head, place, "There is no head that can be read.")
        }
        func expect(_ name: StaticString, _ value: Int64) {
            if json.integer(name) != value {
                findings.add(
                    .head, place,
                    "\(name) is \(json.integer(name).map(String.init) ?? "missing"), the last "
                        + "batch record gives \(value).")
            }
        }
        expect("epoch", last.epoch)
        expect("sequence", last.sequence)
        expect("partitions", Int64(evidence.partitions))
        if json.text("hash") != last.hash {
            findings.add(.head, place, "hash is not that of the last batch record.")
        }
        if json.text("deployment") != evidence.deployment {
            findings.add(.head, place, "It is another deployment's.")
        }
        for (name, value) in [("now" as StaticString, last.now), ("timersTo", last.timersTo)]
        where json.text(name).flatMap(EvidenceTime.instant) != value {
            findings.add(.head, place, "\(name) is not that of the last batch record.")
        }
        for topic in Topic.inputs {
            let told = json.member("positions").flatMap { node in
                json.members(node).first { json.string($0.name) == topic.name }
                    .flatMap { json.integer($0.value) }
            }
            let due = last.ranges.last { $0.topic == topic.self }?.to
            if told != due {
                findings.add(
                    .head, place,
                    "The position of \(topic.name) is \(told.map(String.init) ?? "missing"), the "
                        + "last range ends at \(due.map(String.init) ?? "nothing").")
            }
        }
        for (topic, clock) in clocks {
            let told = json.member("clocks").flatMap { node in
                json.members(node).first { json.string($0.name) == topic.name }
                    .flatMap { json.string($0.value) }.flatMap(EvidenceTime.instant)
            }
            if told.map({ $0 / 1000 }) != clock / 1000 {
                findings.add(
                    .head, place,
                    "The clock of \(topic.name) is not the greatest append time that it showed.")
            }
        }
    }

    // MARK: - The model's sets

    private func examineHolds(
        _ rows: [[UInt8]: [UInt8]], _ model: ModelTask, _ findings: inout Findings
    ) {
        let start = Array("hold/".utf8)
        var open: Set<[UInt8]> = []
        for (key, value) in rows where key.starts(with: start) {
            if let json = try? EvidenceJSON(value), json.text("state") == "open" {
                open.insert(key)
            }
        }
        var due: Set<[UInt8]> = []
        for (subject, holds) in model.holds {
            for hold in holds {
                let parts = [subject.type, subject.id, hold.id].map(ExpectedFailure.percent)
                due.insert(start + Array(parts.joined(separator: "/").utf8))
            }
        }
        for key in open.symmetricDifference(due) {
            let name = String(decoding: key, as: UTF8.self)
            findings.add(
                .holdSets, "\(Topic.state.name)/\(task)",
                due.contains(key)
                    ? "The open \(name) is in no row."
                    : "The row \(name) is open and should not be.")
        }
    }

    private func examineTimers(
        _ rows: [[UInt8]: [UInt8]], _ model: ModelTask, _ findings: inout Findings
    ) {
        let start = Array("timer/".utf8)
        var found: [Int64: String] = [:]
        for key in rows.keys where key.starts(with: start) {
            let name = String(decoding: key, as: UTF8.self)
            if let offset = name.split(separator: "/").last.flatMap({ Int64($0) }) {
                found[offset] = name
            }
        }
        for timer in model.timers {
            let name = found.removeValue(forKey: timer.cause.offset)
            let instant = name?.split(separator: "/").dropFirst().first
                .flatMap { EvidenceTime.instant(String($0)) }
            if instant != timer.at {
                findings.add(
                    .timers, "\(Topic.state.name)/\(task)",
                    "The timer that \(timer.cause.place) armed is in no row.")
            }
        }
        for name in found.values {
            findings.add(
                .timers, "\(Topic.state.name)/\(task)",
                "The row \(name) is a timer that has fired or was cancelled.")
        }
    }
}
