// A batch record as the checkers read it.

import EventModel

/// What one batch record says.
final class BatchNote {
    struct Range {
        var topic: Topic
        var from: Int64
        var to: Int64
        var isLost: Bool
    }
    var place: String
    var task: Int64
    var epoch: Int64
    var sequence: Int64
    /// Microseconds since 1970.
    var now: Int64
    var timersTo: Int64
    var ranges: [Range]
    var refused: [Range]
    var counts: [String: Int64]
    var policy: String
    var policyText: [UInt8]?
    var previous: String
    /// SHA-256 of the record.
    var hash: String

    /// Nil when the record is no batch record.
    init?(_ record: PlainRecord) {
        guard let value = record.value, let json = try? EvidenceJSON(value),
            json.integer("v") == 1, let task = json.integer("task"),
            let epoch = json.integer("epoch"), let sequence = json.integer("sequence"),
            let now = json.text("now").flatMap(EvidenceTime.instant),
            let timersTo = json.text("timersTo").flatMap(EvidenceTime.instant),
            let ranges = json.member("ranges").flatMap({ Self.ranges(json, $0) }),
            let refused = json.member("refused").flatMap({ Self.ranges(json, $0) }),
            let counts = json.member("counts"), let policy = json.text("policy"),
            let previous = json.text("previous")
        else { return nil }
        place = Checkers.place(record)
        self.task = task
        self.epoch = epoch
        self.sequence = sequence
        self.now = now
        self.timersTo = timersTo
        self.ranges = ranges
        self.refused = refused
        self.counts = Dictionary(
            json.members(counts).map {
                (json.string($0.name) ?? "", json.integer($0.value) ?? -1)
            }, uniquingKeysWith: { $1 })
        self.policy = policy
        policyText = json.member("policyText").map { Array(json.slice($0)) }
        self.previous = previous
        hash = EvidenceSHA256.hex(value)
    }

    private static func ranges(_ json: EvidenceJSON, _ node: Int) -> [Range]? {
        var found: [Range] = []
        for item in json.elements(node) {
            guard let topic = json.text("topic", of: item).flatMap(Topic.init(name:)),
                let from = json.integer("from", of: item), let to = json.integer("to", of: item),
                from >= 0
            else { return nil }
            found.append(
                Range(topic: topic, from: from, to: to, isLost: json.isTrue("lost", of: item)))
        }
        return found
    }
}
