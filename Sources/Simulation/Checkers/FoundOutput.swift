// An outbound record as a read_committed consumer has it.

import EventModel

final class FoundOutput {
    let record: PlainRecord
    /// When it became readable; its append time where nobody wrote that down.
    let rank: Int64
    let json: EvidenceJSON
    let data: Int
    let id: String
    let type: String

    var place: String { Checkers.place(record) }

    /// Nil when the record is no event of ours.
    init?(_ record: PlainRecord, rank: Int64?) {
        guard let json = record.value.flatMap({ try? EvidenceJSON($0) }),
            let id = json.text("id"), let type = json.text("type"),
            let data = json.member("data"), json.nodes[data].kind == .object
        else { return nil }
        self.record = record
        self.rank = rank ?? record.appendTime.rawValue
        self.json = json
        self.data = data
        self.id = id
        self.type = type
    }

    /// What it says of its cause.
    func cause(_ name: StaticString) -> String? {
        json.member("cause", of: data).flatMap { json.text(name, of: $0) }
    }

    /// The first thing that is not as expected, in words.
    func difference(from expected: ExpectedOutput, source: String) -> String? {
        func differs(_ name: String, _ found: String?, _ due: String) -> String? {
            found == due ? nil : "\(name) is \(found ?? "missing"), expected \(due)"
        }
        if record.topic != expected.kind.topic {
            return "it stands on \(record.topic.name)"
        }
        return differs("type", type, expected.kind.rawValue)
            ?? differs("source", json.text("source"), source)
            ?? differs("subject", json.text("subject"), expected.subject.text)
            ?? differs("time", json.text("time"), expected.time)
            ?? differs("causationid", json.text("causationid"), expected.cause.id)
            ?? differs(
                "the key", record.key.map { String(decoding: $0, as: UTF8.self) }, expected.key)
            ?? differs("cause.source", cause("source"), expected.cause.source)
            ?? differs("cause.id", cause("id"), expected.cause.id)
            ?? differs("cause.type", cause("type"), expected.cause.type)
            ?? differs(
                "rule.id", json.member("rule", of: data).flatMap { json.text("id", of: $0) },
                expected.rule)
    }

    /// The first member of the data that is not as expected.
    func memberDifference(
        from expected: ExpectedOutput
    ) -> (name: StaticString, text: String)? {
        for (name, value) in expected.members {
            let node: Int?
            if name.utf8CodeUnitCount > 4, name.description.hasPrefix("why.") {
                node = json.member("why", of: data).flatMap { json.member("memberCount", of: $0) }
            } else {
                node = json.member(name, of: data)
            }
            if !matches(node, value) {
                let found = node.map { String(decoding: json.slice($0), as: UTF8.self) }
                return (name, "\(name) is \(found ?? "missing"), expected \(value)")
            }
        }
        return nil
    }

    private func matches(_ node: Int?, _ value: ExpectedValue) -> Bool {
        guard let node else { return value == .absent }
        switch value {
        case .text(let text): return json.string(node) == text
        case .number(let number): return json.integer(node) == Int64(number)
        case .flag(let flag): return json.nodes[node].kind == (flag ? .yes : .no)
        case .texts(let texts): return json.elements(node).map { json.string($0) } == texts
        case .instant(let instant):
            return json.string(node).flatMap(EvidenceTime.instant).map { $0 / 1000 }
                == instant / 1000
        case .reasons(let ids):
            return json.elements(node).map { json.text("holdId", of: $0) } == ids
        case .name(let source, let id):
            return json.text("source", of: node) == source && json.text("id", of: node) == id
        case .raw(let bytes): return json.slice(node).elementsEqual(bytes)
        case .absent: return false
        }
    }
}
