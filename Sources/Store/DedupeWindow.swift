// The dedupe window of one input topic-partition (design rule 6): an exact set of identities, each
// with the newest bucket it was seen in and a digest of its content.
//
// An id is known if it was seen, accepted or as a duplicate, in a bucket not below
//     floor(clock / width) - W / width
// where the clock is the greatest append time that the topic-partition has shown.
// Append times may run backwards: a sighting counts in the bucket of its own append time, and an id
// keeps the greatest. A record whose own bucket lies below that floor is judged like any other, but
// its sighting could never make an id known, so it leaves no trace.
//
// 4096 small tables instead of one: the worst insert makes one of them anew, not all. Entries that
// expired count as absent; their slots are used again, and a table made anew leaves them behind.
// "Expired" for reuse means below the floor of the last commit: a rollback may set the clock back,
// and what it revives must still be there.

package import EventModel
import Glibc

/// Exact, bounded by the window, with an undo journal. Used by one thread.
package struct DedupeWindow: ~Copyable {
    /// What the window says about a record.
    package enum Verdict: Equatable, Sendable {
        /// Not known: to be decided. It is known from now on.
        case firstSeen
        /// Known with the same content: to be dropped. Known as long as if it were new.
        case duplicate
        /// Known with other content: to be refused (identityConflict). No sighting, nothing
        /// changed.
        case conflict
    }

    package let topic: Topic
    let width: Int64
    let span: Int64
    let shards: UnsafeMutablePointer<DedupeShard>
    static let shardBits: UInt64 = 12
    static let shardCount = 1 << 12

    /// Microseconds; `noClock` before the first record.
    var clockRaw: Int64
    var committedClockRaw: Int64
    static let noClock = Int64.min
    /// Below this an id is unknown.
    var floor: Int64 = DedupeEntry.dead + 1
    /// Below this a slot may be used again.
    var reclaimFloor: Int64 = DedupeEntry.dead + 1
    /// The bucket computed last and where it begins and ends: most records fall into it.
    var lastBucket: Int64 = 0
    var lastBucketStart: Int64 = 0
    var lastBucketEnd: Int64 = 0

    var journal: [JournalEntry] = []
    var tally = BucketTally()
    var nextSwept = 0
    /// The tables' memory.
    var arena = SlotArena()
    /// Bytes of the tables.
    var slotBytes: Int { arena.usedBytes }
    /// Most entries that one insert has moved so far.
    package internal(set) var entriesMovedMax = 0

    /// - Parameter clock: of the head; set before anything is loaded.
    package init(topic: Topic, limits: Limits = Limits(), clock: Instant? = nil) {
        precondition(limits.violations.isEmpty, "\(limits.violations)")
        self.topic = topic
        width = limits.dedupeBucketSeconds * 1_000_000
        span = limits.dedupeWindowSeconds / limits.dedupeBucketSeconds
        shards = .allocate(capacity: Self.shardCount)
        // A shard without a table is nothing but zeros: a loop over all of them takes longer.
        memset(shards, 0, Self.shardCount * MemoryLayout<DedupeShard>.stride)
        clockRaw = clock?.rawValue ?? Self.noClock
        committedClockRaw = clockRaw
        lastBucketEnd = width
        floor = Self.floor(clockRaw, width: width, span: span)
        reclaimFloor = floor
    }

    deinit {
        shards.deallocate()
    }

    /// The greatest append time shown; nil before the first.
    package var clock: Instant? {
        clockRaw == Self.noClock ? nil : Instant(rawValue: clockRaw)
    }
    /// Ids of buckets below this one are unknown; the store may drop their blocks once the batch
    /// has committed.
    package var lowestLiveBucket: Int64 { floor }
    /// Ids known now.
    package var count: Int { tally.count(notBelow: floor) }
    /// Bytes that the tables and the journal take.
    package var memoryBytes: Int {
        arena.reservedBytes + Self.shardCount * MemoryLayout<DedupeShard>.stride
            + journal.capacity * MemoryLayout<JournalEntry>.stride
    }

    static func bucket(of raw: Int64, width: Int64) -> Int64 {
        let (quotient, remainder) = raw.quotientAndRemainder(dividingBy: width)
        return remainder < 0 ? quotient - 1 : quotient
    }

    static func floor(_ clock: Int64, width: Int64, span: Int64) -> Int64 {
        clock == noClock ? DedupeEntry.dead + 1 : bucket(of: clock, width: width) - span
    }
}
