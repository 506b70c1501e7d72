// suppressed + raised = members, from the topics alone: each signal gives exactly one deviation
// event and exactly one alert event. Needs no batch record and no model.

import EventModel

enum MemberCheck {
    private struct Member: Hashable {
        var source: String
        var id: String
        var key: String
    }

    static func examine(
        _ signals: [[SignalNote?]], _ outputs: OutputComparison, _ findings: inout Findings
    ) {
        /// What each member has and should have.
        var due: [Member: Int] = [:]
        var deviations: [Member: Int] = [:]
        var alerts: [Member: Int] = [:]
        for case let note? in signals.joined() where note.name.kind == .signal && !note.isLost {
            let member = Member(source: note.name.source, id: note.name.id, key: note.name.key)
            due[member, default: 0] += 1
        }
        for output in outputs.all {
            switch output.record.topic {
            case .deviations: deviations[member(output), default: 0] += 1
            case .alerts: alerts[member(output), default: 0] += 1
            default: continue
            }
        }
        for (topic, table) in [(Topic.deviations, deviations), (.alerts, alerts)] {
            for (member, count) in due where table[member] ?? 0 != count {
                findings.add(
                    .members, topic.name,
                    "The signal of \(member.source) \(member.id) for \(member.key) has "
                        + "\(table[member] ?? 0) events here, expected \(count).")
            }
            for (member, _) in table where due[member] == nil {
                findings.add(
                    .members, topic.name,
                    "An event for \(member.source) \(member.id) has no signal behind it.")
            }
        }
    }

    private static func member(_ output: FoundOutput) -> Member {
        Member(
            source: output.cause("source") ?? "", id: output.cause("id") ?? "",
            key: String(decoding: output.record.key ?? [], as: UTF8.self))
    }
}
