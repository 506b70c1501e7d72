// The batch record: the luck of a batch written down (docs/design.md, The life of one record), so
// that every output can be computed again from the input and these records.
//
// Canonical JSON, members sorted by name; docs/events.md shows one.

package import EventModel

/// Counts of a batch, for people and for reconciliation.
package struct BatchCounts: Equatable, Sendable {
    package var accepted: Int64 = 0
    package var duplicates: Int64 = 0
    package var refused: Int64 = 0
    package var noEffect: Int64 = 0
    package var timers: Int64 = 0
    package var outbound: Int64 = 0
    package var signals: Int64 = 0
    package init() {}

    /// Adds another batch's counts.
    package mutating func add(_ other: BatchCounts) {
        accepted += other.accepted
        duplicates += other.duplicates
        refused += other.refused
        noEffect += other.noEffect
        timers += other.timers
        outbound += other.outbound
        signals += other.signals
    }

    /// Records that the batch read from its inputs.
    package var records: Int64 { accepted + duplicates + refused }
}

/// One batch of one task.
package struct BatchRecord: Equatable, Sendable {
    package static let version: Int64 = 1
    /// Version of the decision code: other code may decide otherwise, so it is part of the proof.
    package static let decisions = "1"

    package var task: Partition
    package var epoch: Int64
    package var sequence: Int64
    package var now: Instant
    package var timersTo: Instant
    package var ranges: [OffsetRange]
    package var refused: [OffsetRange]
    package var counts: BatchCounts
    /// SHA-256 of the outbound records and signals, in hex.
    package var effects: String
    package var policyDigest: String
    /// The policy's canonical JSON: in the first batch under it.
    package var policyText: String?
    /// SHA-256 of the record before, in hex; empty for the first.
    package var previous: String

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("counts")
        writer.beginObject()
        writer.member("accepted", counts.accepted)
        writer.member("dueTimers", counts.timers)
        writer.member("duplicates", counts.duplicates)
        writer.member("noEffect", counts.noEffect)
        writer.member("outbound", counts.outbound)
        writer.member("refused", counts.refused)
        writer.member("signals", counts.signals)
        writer.endObject()
        writer.member("decisions", Self.decisions)
        writer.member("effects", effects)
        writer.member("epoch", epoch)
        writer.member("now", now.text)
        writer.member("policy", policyDigest)
        if let policyText {
            writer.name("policyText")
            writer.raw(policyText)
        }
        writer.member("previous", previous)
        write(ranges, named: "ranges", to: &writer)
        write(refused, named: "refused", to: &writer)
        writer.member("sequence", sequence)
        writer.member("task", Int64(task.rawValue))
        writer.member("timersTo", timersTo.text)
        writer.member("v", Self.version)
        writer.endObject()
    }

    private func write(
        _ ranges: [OffsetRange], named name: StaticString, to writer: inout JSONWriter
    ) {
        writer.name(name)
        writer.beginArray()
        for range in ranges {
            writer.beginObject()
            writer.member("from", range.from.rawValue)
            if range.isLost { writer.member("lost", true) }
            writer.member("to", range.to.rawValue)
            writer.member("topic", range.topic.name)
            writer.endObject()
        }
        writer.endArray()
    }

    /// The refused ranges of a batch record's bytes; nil when it is no batch record that we can
    /// read.
    static func refusedRanges(in view: JSONView) -> [OffsetRange]? {
        guard view.integer("v") == version else { return nil }
        return ranges(named: "refused", in: view)
    }

    /// The ranges under that name; nil when they are not what we write.
    static func ranges(named name: StaticString, in view: JSONView) -> [OffsetRange]? {
        guard let list = view.member(name) else { return nil }
        var found: [OffsetRange] = []
        var isReadable = true
        list.forEachElement { item in
            guard let name = item.text("topic"), let topic = Topic(name: name),
                let from = item.integer("from"), let to = item.integer("to"), from >= 0, to >= from
            else {
                isReadable = false
                return
            }
            found.append(
                OffsetRange(
                    topic: topic, from: Offset(from), to: Offset(to),
                    isLost: item.boolean("lost") ?? false))
        }
        return isReadable ? found : nil
    }
}
