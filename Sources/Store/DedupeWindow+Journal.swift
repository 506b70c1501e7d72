// What happens once per batch: the sightings since the last commit are packed for the store, or
// taken back.

import EventModel

/// One sighting and what its slot held before. Identities, not slots: a table made anew moves its
/// entries.
struct JournalEntry {
    var low: UInt64
    var high: UInt64
    var content: UInt64
    var bucket: Int64
    var previousContent: UInt64
    /// `DedupeEntry.dead` when the id had no entry.
    var previousBucket: Int64
}

extension DedupeWindow {
    @inline(__always)
    mutating func remember(
        _ identity: Fingerprint, _ content: UInt64, _ bucket: Int64, previousContent: UInt64,
        previousBucket: Int64
    ) {
        tally.move(from: previousBucket, to: bucket)
        journal.append(
            JournalEntry(
                low: identity.low, high: identity.high, content: content, bucket: bucket,
                previousContent: previousContent, previousBucket: previousBucket))
    }

    /// Sightings since the last `takePending` or `rollback`.
    package var pendingCount: Int { journal.count }

    /// Takes back everything since the last `takePending`: entries, buckets and the clock. For a
    /// batch whose transaction was aborted.
    package mutating func rollback() {
        for entry in journal.reversed() {
            let shard = shards[Int(truncatingIfNeeded: entry.low >> (64 - Self.shardBits))]
            guard let slot = shard.find(low: entry.low, high: entry.high) else {
                preconditionFailure("a sighting of this batch has lost its slot")
            }
            tally.move(from: entry.bucket, to: entry.previousBucket)
            slot.pointee.bucket = entry.previousBucket
            slot.pointee.content = entry.previousContent
        }
        journal.removeAll(keepingCapacity: true)
        clockRaw = committedClockRaw
        floor = Self.floor(clockRaw, width: width, span: span)
    }

    /// Packs the sightings since the last commit, one block a bucket, and makes them final: call it
    /// when the batch's Kafka transaction has committed.
    package mutating func takePending() -> [SightingBlock] {
        var counts: [(bucket: Int64, count: Int)] = []
        for entry in journal {
            if let at = counts.firstIndex(where: { $0.bucket == entry.bucket }) {
                counts[at].count += 1
            } else {
                counts.append((entry.bucket, 1))
            }
        }
        counts.sort { $0.bucket < $1.bucket }
        var blocks: [SightingBlock] = []
        // What left the window while the batch was open need not be kept.
        for (bucket, count) in counts where bucket >= floor {
            blocks.append(
                SightingBlock.pack(topic: topic, bucket: bucket, count: count) { add in
                    for entry in journal where entry.bucket == bucket {
                        add(.init(low: entry.low, high: entry.high, content: entry.content))
                    }
                })
        }
        journal.removeAll(keepingCapacity: true)
        settle()
        return blocks
    }

    /// Puts stored sightings back. The clock must have been set; blocks of buckets that have left
    /// the window are skipped.
    /// - Throws: when the block is damaged, or contradicts one of the same bucket.
    package mutating func load(_ block: SightingBlock) throws(SightingError) {
        precondition(journal.isEmpty, "sightings are loaded between batches")
        precondition(block.topic == topic, "a block is loaded into its own topic's window")
        guard block.bucket >= floor else { return }
        try block.forEach { (entry) throws(SightingError) in
            let identity = Fingerprint(low: entry.low, high: entry.high)
            // Within one window an id has one content: a second one would have been a conflict.
            guard see(identity, entry.content, block.bucket) != .conflict else {
                throw SightingError(
                    description: "a block of \(topic.name) in bucket \(block.bucket) "
                        + "has other content for an id than another block")
            }
        }
        journal.removeAll(keepingCapacity: true)
    }
}

extension DedupeWindow {
    /// The state is final: what lies below the floor may go, and one table a batch is looked at
    /// whether it has become too large for what lives in it (traffic that went down leaves no
    /// inserts to notice it).
    private mutating func settle() {
        committedClockRaw = clockRaw
        reclaimFloor = floor
        tally.drop(below: floor)
        let shard = shards[nextSwept]
        if shard.capacity > Self.minimum(nextSwept) {
            let living = shard.living(notBelow: reclaimFloor)
            if living * 100 < Int(shard.capacity) * (DedupeShard.usedPercentNew * 3 / 4) {
                remake(nextSwept)
            }
        }
        nextSwept = (nextSwept + 1) % Self.shardCount
    }
}
