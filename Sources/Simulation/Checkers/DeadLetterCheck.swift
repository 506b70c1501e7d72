// Every refused record stands once in the dead letters, whole, with its reason.

import EventModel

enum DeadLetterCheck {
    private struct Origin: Hashable {
        var topic: String
        var partition: String
        var offset: String
    }

    static func examine(
        _ evidence: RunEvidence, _ refusals: [ModelRun.Refusal], _ findings: inout Findings
    ) {
        var letters: [Origin: [PlainRecord]] = [:]
        for (_, partition) in evidence.places(of: .deadLetters) {
            for record in partition.records {
                let origin = Origin(
                    topic: header(record, "hf_topic"), partition: header(record, "hf_partition"),
                    offset: header(record, "hf_offset"))
                letters[origin, default: []].append(record)
            }
        }
        for refusal in refusals {
            let record = refusal.record
            let place = Checkers.place(record)
            let origin = Origin(
                topic: record.topic.name, partition: String(record.partition.rawValue),
                offset: String(record.offset.rawValue))
            let found = letters.removeValue(forKey: origin) ?? []
            guard let letter = found.first else {
                findings.add(
                    .deadLetters, place,
                    "It was refused (\(refusal.reasons[0])) and has no dead letter.")
                continue
            }
            if found.count > 1 {
                findings.add(.deadLetters, place, "It has \(found.count) dead letters.")
            }
            compare(letter, record, refusal.reasons, &findings)
        }
        for (origin, _) in letters {
            findings.add(
                .deadLetters, "\(origin.topic)/\(origin.partition)@\(origin.offset)",
                "It has a dead letter and was not to be refused.")
        }
    }

    private static func compare(
        _ letter: PlainRecord, _ record: PlainRecord, _ reasons: [String],
        _ findings: inout Findings
    ) {
        let place = Checkers.place(letter)
        let reason = header(letter, "hf_reason")
        if !reasons.contains(reason) {
            findings.add(
                .deadLetters, place,
                "Its reason is \(reason), expected \(reasons.joined(separator: " or ")).")
        }
        let kept = letter.headers.filter { !$0.name.hasPrefix("hf_") }
        let had = record.headers.filter { !$0.name.hasPrefix("hf_") }
        if letter.key != record.key || letter.value != record.value || kept != had {
            findings.add(.deadLetters, place, "Key, value or headers were changed.")
        }
        for name in ["hf_detail", "hf_task", "hf_version"] where header(letter, name).isEmpty {
            findings.add(.deadLetters, place, "It has no \(name).")
        }
    }

    private static func header(_ record: PlainRecord, _ name: String) -> String {
        record.headers.last { $0.name == name }.flatMap { $0.value }
            .map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
