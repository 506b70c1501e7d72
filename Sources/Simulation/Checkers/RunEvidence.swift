// What a run leaves behind, as somebody sees it who was not there: records, disks, and nothing of
// what the workers believed. The checkers read this and nothing else.

package import EventModel

/// One topic-partition.
package struct EvidencePartition: Sendable {
    /// Every record that was ever committed to it, in order of offset, also what retention has
    /// taken since: without an input its effects cannot be judged.
    package var records: [PlainRecord]
    /// The low watermark at the end.
    package var low: Int64
    /// For each record the number of its transaction, counted up over the whole log in the order
    /// in which they began: what was read in one of them was committed by an earlier one. Nil where
    /// only append times can tell.
    package var ranks: [Int64]?
    /// The last stable offset at the end, control markers counted; nil when nobody asked.
    package var end: Int64?

    package init(
        records: [PlainRecord], low: Int64 = 0, end: Int64? = nil, ranks: [Int64]? = nil
    ) {
        self.records = records
        self.low = low
        self.end = end
        self.ranks = ranks
    }
}

/// The limits that decide; the product's defaults, unless a simulation made them small.
package struct EvidenceRules: Sendable {
    package var dedupeBucketSeconds: Int64 = 3_600
    package var dedupeWindowSeconds: Int64 = 86_400
    package var gapSeconds: Int64 = 1_800
    package var spanSeconds: Int64 = 86_400
    package var groupRetentionSeconds: Int64 = 86_400
    package var membersMax = 10_000
    package var listedHoldsMax = 100
    package var recordBytesMax = 1_048_576
    /// How far before its instant, by the broker's clock, a timer's event may be appended: rule 3
    /// lets a worker's clock differ by this much.
    package var timerEarlyMilliseconds: Int64 = 5_000
    package init() {}
}

/// Everything that is left of a run after its liveness phase.
package struct RunEvidence: Sendable {
    package var deployment: String
    /// Partition count of the co-partitioned topics.
    package var partitions: Int32
    package var topics: [TopicPartition: EvidencePartition]
    /// The workers' disks, tasks that they own at the end and tasks that they once had.
    package var disks: [DiskEvidence] = []
    /// Canonical text of the policy, when the run had just one: its SHA-256 is told everywhere.
    package var policyText: String?
    package var rules = EvidenceRules()
    /// Topics of which compaction has run: only the last record of a key must be there.
    package var compacted: Set<Topic> = []

    package init(
        deployment: String, partitions: Int32, topics: [TopicPartition: EvidencePartition]
    ) {
        self.deployment = deployment
        self.partitions = partitions
        self.topics = topics
    }

    /// Whether somebody wrote down when records became readable.
    var hasRanks: Bool {
        topics.values.contains { !$0.records.isEmpty }
            && topics.values.allSatisfy { $0.records.isEmpty || $0.ranks != nil }
    }

    func partition(_ topic: Topic, _ number: Int32) -> EvidencePartition {
        topics[TopicPartition(topic, Partition(number))] ?? EvidencePartition(records: [])
    }

    /// All partitions of a topic, in order.
    func places(of topic: Topic) -> [(place: TopicPartition, partition: EvidencePartition)] {
        topics.filter { $0.key.topic == topic }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }
}
