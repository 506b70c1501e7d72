// The batch records by themselves: a chain without holes, and ranges that cover every input
// offset exactly once.

import EventModel

/// The batch records of one task.
struct BatchChain {
    let task: Int32
    private(set) var notes: [BatchNote] = []

    /// - Parameter policies: digests of the policies' texts that were seen so far.
    init(
        _ evidence: RunEvidence, task: Int32, policies: inout [[UInt8]: String],
        _ findings: inout Findings
    ) {
        self.task = task
        let audit = evidence.partition(.audit, task)
        let only = evidence.policyText.flatMap { policies[Array($0.utf8)] }
        for record in audit.records {
            guard let note = BatchNote(record) else {
                findings.add(
                    .unreadable, Checkers.place(record), "This is no batch record of version 1.")
                continue
            }
            follow(note, record, &findings)
            if let only, note.policy != only {
                findings.add(.chain, note.place, "It was decided under another policy.")
            }
            if let text = note.policyText {
                let digest = policies[text] ?? EvidenceSHA256.hex(text)
                policies[text] = digest
                if digest != note.policy {
                    findings.add(
                        .chain, note.place, "The policy's text has not the digest it is named by.")
                }
            }
            notes.append(note)
        }
        for topic in Topic.inputs { cover(topic, evidence.partition(topic, task), &findings) }
    }

    /// Where the task began to read a topic.
    func first(of topic: Topic) -> Int64 {
        notes.first?.ranges.first { $0.topic == topic }?.from ?? 0
    }

    /// How far the task has read a topic.
    func end(of topic: Topic) -> Int64 {
        notes.last?.ranges.last { $0.topic == topic }?.to ?? 0
    }

    /// What retention ate before the task had read it.
    func lost(of topic: Topic) -> [BatchNote.Range] {
        notes.flatMap { $0.ranges.filter { $0.isLost && $0.topic == topic } }
    }

    private func follow(_ note: BatchNote, _ record: PlainRecord, _ findings: inout Findings) {
        func wrong(_ text: String) { findings.add(.chain, note.place, text) }
        if note.task != Int64(task) || record.key != Array(String(task).utf8) {
            wrong("Task \(note.task) has a batch record in partition \(task).")
        }
        let before = notes.last
        if note.sequence != (before?.sequence ?? 0) + 1 {
            wrong("Sequence \(note.sequence) follows \(before?.sequence ?? 0).")
        }
        if note.previous != before?.hash ?? "" {
            wrong("`previous` is not the hash of the batch record before it.")
        }
        if note.timersTo > note.now { wrong("timersTo lies after now.") }
        if (note.policyText != nil) != (note.policy != before?.policy) {
            wrong("The policy's text stands not in exactly the first batch under it.")
        }
        guard let before else { return }
        if note.epoch < before.epoch { wrong("Epoch \(note.epoch) follows \(before.epoch).") }
        if note.now < before.now { wrong("now goes back.") }
        if note.timersTo < before.timersTo { wrong("timersTo goes back.") }
    }

    /// From the first offset to the last record: each range begins where the one before it ended.
    private func cover(
        _ topic: Topic, _ partition: EvidencePartition, _ findings: inout Findings
    ) {
        let place = "\(topic.name)/\(task)"
        var at: Int64?
        for note in notes {
            var isNamed = false
            for range in note.ranges where range.topic == topic {
                isNamed = true
                var text: String { "\(place) [\(range.from), \(range.to))" }
                if range.to < range.from {
                    findings.add(.ranges, note.place, "\(text) ends before it begins.")
                }
                if let at, range.from != at {
                    let what = range.from > at ? "gap" : "overlap"
                    findings.add(
                        .ranges, note.place, "\(text) begins not at \(at): there is a \(what).")
                }
                // A task without a head starts at the low watermark, which only ever rises.
                if at == nil, range.from > partition.low {
                    findings.add(
                        .ranges, note.place,
                        "\(text) is the first and begins behind the low watermark.")
                }
                if range.isLost, range.to > partition.low {
                    findings.add(
                        .ranges, note.place,
                        "\(text) is said to be lost, retention ate only up to \(partition.low).")
                }
                at = max(at ?? 0, range.to)
            }
            if !isNamed { findings.add(.ranges, note.place, "There is no range of \(place).") }
        }
        let from = max(at ?? 0, partition.low)
        let unread = partition.records.lazy.filter { $0.offset.rawValue >= from }.count
        if unread > 0 {
            findings.add(
                .ranges, "\(place)@\(from)", "\(unread) records from here on were never read.")
        }
        if let last = at, notes.contains(where: { !$0.ranges.isEmpty }),
            let end = partition.end, last > end
        {
            findings.add(.ranges, place, "Batches read to \(last), the end is \(end).")
        }
    }
}
