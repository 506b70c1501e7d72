// The model's dedupe window of one topic-partition (rule 6): what a rescan of the input gives.

import EventModel

struct ModelWindow {
    enum Verdict { case new, known, conflict }
    struct Name: Hashable {
        var source: String
        var id: String
    }
    struct Sighting {
        var content: UInt64
        var bucket: Int64
        /// Of the record that was seen last in that bucket.
        var offset: Int64
    }
    private let rules: EvidenceRules
    /// Greatest append time shown, µs since 1970.
    private(set) var clock: Int64?
    private(set) var seen: [Name: Sighting] = [:]

    init(rules: EvidenceRules) { self.rules = rules }

    private func bucket(_ time: Int64) -> Int64 {
        let width = rules.dedupeBucketSeconds * 1_000_000
        return time >= 0 ? time / width : -((width - 1 - time) / width)
    }

    /// Ids of buckets below this one are unknown.
    var floor: Int64 {
        clock.map { bucket($0) - rules.dedupeWindowSeconds / rules.dedupeBucketSeconds } ?? .min
    }

    mutating func show(_ time: Int64) { clock = max(clock ?? time, time) }

    mutating func see(_ fact: InboundFact) -> Verdict {
        let name = Name(source: fact.source, id: fact.id)
        let bucket = bucket(fact.appendTime)
        let sighting = Sighting(content: fact.content, bucket: bucket, offset: fact.offset)
        guard let known = seen[name], known.bucket >= floor else {
            seen[name] = sighting
            return .new
        }
        // Other content is no sighting.
        guard known.content == fact.content else { return .conflict }
        if bucket >= known.bucket { seen[name] = sighting }
        return .known
    }
}
