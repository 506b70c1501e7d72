// A record of holdfast.signals as the checkers read it.

import EventModel

/// Our own records: their bytes name a cause, which alone decides what they must say.
final class SignalNote {
    let record: PlainRecord
    let json: EvidenceJSON
    let name: ExpectedSignal.Name
    /// Retention ate it before its task had read it.
    let isLost: Bool

    init?(_ record: PlainRecord, isLost: Bool) {
        guard let json = record.value.flatMap({ try? EvidenceJSON($0) }), json.integer("v") == 1,
            let kind = json.text("kind").flatMap(ExpectedSignal.Kind.init(rawValue:)),
            let cause = json.member("cause"), let source = json.text("source", of: cause),
            let id = json.text("id", of: cause), let key = record.key
        else { return nil }
        self.record = record
        self.json = json
        self.isLost = isLost
        name = ExpectedSignal.Name(
            kind: kind, source: source, id: id, lot: json.text("lotId") ?? "",
            key: String(decoding: key, as: UTF8.self))
    }

    /// The records of one task's partition; nil where one cannot be read.
    static func all(
        _ evidence: RunEvidence, _ chain: BatchChain, _ findings: inout Findings
    ) -> [SignalNote?] {
        let first = chain.first(of: .signals)
        let lost = chain.lost(of: .signals)
        return evidence.partition(.signals, chain.task).records.map { record in
            let offset = record.offset.rawValue
            let note = SignalNote(
                record,
                isLost: offset < first || lost.contains { $0.from <= offset && offset < $0.to })
            if note == nil {
                findings.add(
                    .unreadable, Checkers.place(record), "This is no signal of version 1.")
            }
            return note
        }
    }
}
