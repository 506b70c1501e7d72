// suppressed + raised = members, from the topics alone: each signal gives exactly one deviation
// event and exactly one alert event. Needs no batch record and no model.

import EventModel

enum MemberCheck {
    private struct Member: Hashable {
        var source: String
        var id: String
        var key: String
    }

    static func examine(_ evidence: RunEvidence, _ findings: inout Findings) {
        var signals: [Member: Int] = [:]
        for (_, partition) in evidence.places(of: .signals) {
            // What retention ate of our own signals was decided; nothing tells how many it was.
            if partition.low > 0 && partition.records.first?.offset.rawValue ?? 0 >= partition.low {
                return
            }
            for record in partition.records {
                guard let json = record.value.flatMap({ try? EvidenceJSON($0) }),
                    json.text("kind") == "signal", let cause = json.member("cause")
                else { continue }
                signals[member(json, cause, record), default: 0] += 1
            }
        }
        let deviations = count(.deviations, evidence)
        let alerts = count(.alerts, evidence)
        for (signal, due) in signals {
            for (topic, table) in [(Topic.deviations, deviations), (.alerts, alerts)]
            where table[signal] ?? 0 != due {
                findings.add(
                    .members, topic.name,
                    "The signal of \(signal.source) \(signal.id) for \(signal.key) has "
                        + "\(table[signal] ?? 0) events here, expected \(due).")
            }
        }
        for (topic, table) in [(Topic.deviations, deviations), (.alerts, alerts)] {
            for (member, _) in table where signals[member] == nil {
                findings.add(
                    .members, topic.name,
                    "An event for \(member.source) \(member.id) has no signal behind it.")
            }
        }
    }

    private static func count(_ topic: Topic, _ evidence: RunEvidence) -> [Member: Int] {
        var table: [Member: Int] = [:]
        for (_, partition) in evidence.places(of: topic) {
            for record in partition.records {
                guard let json = record.value.flatMap({ try? EvidenceJSON($0) }),
                    let data = json.member("data"), let cause = json.member("cause", of: data)
                else { continue }
                table[member(json, cause, record), default: 0] += 1
            }
        }
        return table
    }

    private static func member(
        _ json: EvidenceJSON, _ cause: Int, _ record: PlainRecord
    ) -> Member {
        Member(
            source: json.text("source", of: cause) ?? "", id: json.text("id", of: cause) ?? "",
            key: String(decoding: record.key ?? [], as: UTF8.self))
    }
}
