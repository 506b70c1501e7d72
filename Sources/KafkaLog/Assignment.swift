// What this member has: which tasks the group gave it, which of them run, what is paused.

import EventLog
import EventModel

/// The member's partitions. Pure bookkeeping; the calls are in KafkaStreamLog+Assignment.
///
///     (group assigns) owned --start--> started --revoked--> leaving --finishRevocation--> gone
struct Assignment {
    /// Given by the group.
    var owned: Set<Partition> = []
    /// Of those, the ones that the library fetches.
    var started: Set<Partition> = []
    /// Told as revoked or lost; `finishRevocation` is awaited.
    var leaving: Set<Partition> = []
    /// Lost, and ours again: they stay owned when `finishRevocation` has let them go.
    var returning: Set<Partition> = []
    /// What the group knew us as at the last rebalance.
    var membership = ToldMembership()
    /// A revocation, possibly of nothing we had started, that the group waits for.
    var awaitsRevocation = false
    var paused: Set<TopicPartition> = []
    /// Rewinds asked for while a revocation was open: an unassign then would be taken for its
    /// answer.
    var deferredRewinds: [Partition: [Topic: Offset]] = [:]
    /// Set when leaving for good: the callback then answers by itself.
    var isClosing = false
    /// Whether a partition number's records are passed on; read for every record.
    private(set) var delivers: [Bool]

    init(partitionCount: Int = 0) { delivers = Array(repeating: false, count: partitionCount) }

    /// Whether records of this partition number go to the caller.
    @inline(__always)
    func isDelivering(_ partition: Int32) -> Bool {
        let index = Int(partition)
        return index >= 0 && index < delivers.count && delivers[index]
    }

    /// A partition number beyond the count known at open would be a topic that has grown: its
    /// records are not passed on, and the worker's own check of the count stops the task.
    mutating func setDelivering(_ partition: Partition, _ value: Bool) {
        let index = Int(partition.rawValue)
        if index < delivers.count { delivers[index] = value }
    }
}
