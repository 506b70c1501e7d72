// What a record has to do with an id: is it, names it, or was caused by it.

import Contracts
import EventLog
import EventModel
import Glibc

/// Finds ids in records. Owns one parser; used by one thread.
final class RecordMatcher {
    struct Relation {
        let kind: Finding.Relation
        /// The inbound event behind the record, to be followed.
        let cause: String?
    }

    private var parser: JSONParser

    init(limits: Limits) { parser = JSONParser(limits: limits) }

    /// Whether the bytes occur.
    func contains(_ bytes: ByteView, _ needle: [UInt8]) -> Bool {
        guard let first = needle.first, let base = bytes.baseAddress else { return false }
        return needle.withUnsafeBytes { needle in
            var from = 0
            // memchr runs at memory speed; Glibc hides memmem behind _GNU_SOURCE.
            while from + needle.count <= bytes.count,
                let hit = memchr(base + from, Int32(first), bytes.count - from)
            {
                let start = UnsafeRawPointer(hit) - base
                guard start + needle.count <= bytes.count else { return false }
                let found = ByteView(rebasing: bytes[start..<start + needle.count])
                if found.isSame(as: needle) { return true }
                from = start + 1
            }
            return false
        }
    }

    /// What the record has to do with one of the ids; nil: nothing.
    func relation(of record: LogRecord, to ids: Set<String>, needles: [[UInt8]]) -> Relation? {
        guard let value = record.value else { return nil }
        let isNamed =
            needles.contains { contains(value, $0) }
            || record.headers.contains { header in
                needles.contains { needle in header.value.map { contains($0, needle) } ?? false }
            }
        guard isNamed else { return nil }
        let isRefused = record.topic == .deadLetters
        let refused = Relation(kind: .refused, cause: nil)
        let headerID = record.headers.first { $0.name.isSame(as: "ce_id") }?.value?.text
        if let headerID, ids.contains(headerID) {
            return isRefused ? refused : Relation(kind: .itself, cause: headerID)
        }
        guard let view = try? parser.parse(value) else {
            // What cannot be parsed is somebody's all the same when it has the id as a string.
            return isRefused && needles.contains { isQuoted($0, in: value) } ? refused : nil
        }
        let found = relation(of: view, to: ids)
        return isRefused ? found.map { _ in refused } : found
    }

    /// Whether the id stands there as a whole JSON string, not as part of a longer one.
    func isQuoted(_ needle: [UInt8], in bytes: ByteView) -> Bool {
        let quote = UInt8(ascii: "\"")
        return contains(bytes, [quote] + needle + [quote])
    }

    private func relation(of view: JSONView, to ids: Set<String>) -> Relation? {
        let data = view.member("data")
        // Signals carry their cause at the top; our events carry it in data.
        let cause = (data?.member("cause") ?? view.member("cause"))?.text("id")
        if let id = view.text("id"), ids.contains(id) {
            return Relation(kind: .itself, cause: cause ?? id)
        }
        if let cause, ids.contains(cause) { return Relation(kind: .effect, cause: cause) }
        for holder in [data, view].compactMap({ $0 }) {
            for name in [
                "holdId", "deviationId", "alertId", "escalates", "changeId", "documentId",
            ] as [StaticString]
            where holder.text(name).map(ids.contains) == true {
                return Relation(kind: .mention, cause: cause)
            }
            for name in ["leader", "member"] as [StaticString]
            where holder.member(name)?.text("id").map(ids.contains) == true {
                return Relation(kind: .mention, cause: nil)
            }
        }
        return nil
    }

    /// What an event of ours says about why: cause, rule, policy; a batch record: policy and code.
    func origin(of record: LogRecord) -> String? {
        if record.topic == .deadLetters {
            let names: [StaticString] = ["hf_topic", "hf_partition", "hf_offset"]
            let texts = names.compactMap { name in
                record.headers.first { $0.name.isSame(as: name) }?.value?.text
            }
            return texts.count == 3 ? "was \(texts[0])/\(texts[1]) @ \(texts[2])" : nil
        }
        guard let value = record.value, let view = try? parser.parse(value) else { return nil }
        if let policy = view.text("policy"), let decisions = view.text("decisions") {
            return "policy \(policy.prefix(12)), decisions \(decisions)"
        }
        guard let data = view.member("data"), let cause = data.member("cause"),
            let rule = data.member("rule")?.text("id")
        else { return nil }
        return "cause \(cause.text("id") ?? "?") of \(cause.text("source") ?? "?"), rule \(rule), "
            + "policy \((data.text("policyDigest") ?? "?").prefix(12))"
    }

    /// Whether a batch record covers one of the places.
    func batch(_ record: LogRecord, covers places: [TopicPartition: [Offset]]) -> Bool {
        guard let value = record.value, let view = try? parser.parse(value),
            let task = view.integer("task"), let ranges = view.member("ranges"),
            let number = Int32(exactly: task), number >= 0
        else { return false }
        var isCovered = false
        ranges.forEachElement { range in
            guard let name = range.text("topic"), let topic = Topic(name: name),
                let from = range.integer("from"), let to = range.integer("to"),
                let offsets = places[TopicPartition(topic, Partition(number))]
            else { return }
            if offsets.contains(where: { $0.rawValue >= from && $0.rawValue < to }) {
                isCovered = true
            }
        }
        return isCovered
    }
}
