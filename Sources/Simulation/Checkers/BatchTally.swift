// What a batch did, counted by the model and held against its record.

import EventModel

struct BatchTally {
    var accepted: Int64 = 0
    var duplicates: Int64 = 0
    var signalsRead: Int64 = 0
    var timers: Int64 = 0
    var outbound = 0
    var signals = 0
    var refused: [(topic: Topic, offset: Int64)] = []

    func compare(
        _ note: BatchNote, _ evidence: RunEvidence, _ task: Int32, _ findings: inout Findings
    ) {
        compareRefused(note, evidence, task, &findings)
        func expect(_ name: StaticString, _ value: Int64) {
            let told = note.count(name)
            if told != value {
                findings.add(
                    .counts, note.place,
                    "counts.\(name) is \(told.map(String.init) ?? "missing"), "
                        + "expected \(value).")
            }
        }
        expect("duplicates", duplicates)
        expect("refused", Int64(refused.count))
        expect("dueTimers", timers)
        expect("signals", Int64(signals))
        expect("outbound", Int64(outbound))
        expect("accepted", accepted + signalsRead)
    }

    private func compareRefused(
        _ note: BatchNote, _ evidence: RunEvidence, _ task: Int32, _ findings: inout Findings
    ) {
        if note.refused.isEmpty, refused.isEmpty { return }
        for topic in [Topic.mesExecution, .qmsQuality] {
            let records = evidence.partition(topic, task).records
            var told: Set<Int64> = []
            // A range may run over holes (control records): they count for nothing.
            for range in note.refused where range.topic == topic {
                let start = BatchMerge.index(of: range.from, in: records)
                let end = BatchMerge.index(of: range.to, in: records)
                for index in start..<max(start, end) { told.insert(records[index].offset.rawValue) }
            }
            let due = Set(refused.lazy.filter { $0.topic == topic }.map(\.offset))
            guard told != due else { continue }
            let offsets = told.symmetricDifference(due).sorted().prefix(5)
            findings.add(
                .refusals, note.place,
                "Of \(topic.name)/\(task) it refused \(told.count) records, expected \(due.count); "
                    + "they differ at \(offsets.map(String.init).joined(separator: ", ")).")
        }
    }
}
