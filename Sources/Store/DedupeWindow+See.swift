// What happens once per record. No allocation but for a table made anew, no reference counting, one
// cache miss, which `touch` some records ahead takes away.

import CSQLite
package import EventModel

extension DedupeWindow {
    /// Shows the clock an append time; `see` does it itself, refused records and others must be
    /// shown.
    @inline(__always)
    package mutating func advance(appendTime: Instant) {
        guard appendTime.rawValue > clockRaw else { return }
        clockRaw = appendTime.rawValue
        floor = bucket(of: clockRaw) - span
    }

    /// Fetches what `touch` will read, without waiting for it: where an identity's table is. Some
    /// records before `touch`, which would wait for it.
    @inline(__always)
    package borrowing func approach(_ identity: Fingerprint) {
        holdfast_prefetch(shards + Self.shard(identity))
    }

    /// Fetches the cache lines where an identity would be, without waiting for them: for records
    /// some 16 ahead.
    @inline(__always)
    package borrowing func touch(_ identity: Fingerprint) {
        let shard = shards + Self.shard(identity)
        guard let slots = shard.pointee.slots else { return }
        let home = slots + shard.pointee.home(identity.high)
        holdfast_prefetch(home)
        // A search goes on for some slots; two lie in a line.
        holdfast_prefetch(home + 2)
    }

    /// Judges a record and, unless it is a conflict, remembers the sighting.
    package mutating func see(
        identity: Fingerprint, content: Fingerprint, appendTime: Instant
    ) -> Verdict {
        advance(appendTime: appendTime)
        let bucket = bucket(of: appendTime.rawValue)
        return see(identity, Self.digest(content), bucket)
    }

    /// The same for a sighting in hand as it is kept.
    @inline(__always)
    mutating func see(_ identity: Fingerprint, _ digest: UInt64, _ bucket: Int64) -> Verdict {
        let shard = shards + Self.shard(identity)
        guard let slots = shard.pointee.slots else {
            if bucket >= floor { insert(identity, digest, bucket, at: nil) }
            return .firstSeen
        }
        let capacity = Int(shard.pointee.capacity)
        var index = shard.pointee.home(identity.high)
        var free: UnsafeMutablePointer<DedupeEntry>?
        while true {
            let entry = slots + index
            let stored = entry.pointee.bucket
            if entry.pointee.high == identity.high, entry.pointee.low == identity.low,
                stored > DedupeEntry.dead
            {
                return seeAgain(entry, identity, digest, bucket)
            }
            if stored == DedupeEntry.empty { break }
            if stored < reclaimFloor, free == nil { free = entry }
            index += 1
            if index == capacity { index = 0 }
        }
        guard bucket >= floor else { return .firstSeen }
        if free == nil, shard.pointee.used < shard.pointee.usedMax {
            free = slots + index
            shard.pointee.used += 1
        }
        insert(identity, digest, bucket, at: free)
        return .firstSeen
    }

    /// An identity that has a slot: known, or expired.
    @inline(__always)
    private mutating func seeAgain(
        _ entry: UnsafeMutablePointer<DedupeEntry>, _ identity: Fingerprint, _ digest: UInt64,
        _ bucket: Int64
    ) -> Verdict {
        let stored = entry.pointee.bucket
        let isKnown = stored >= floor
        if isKnown, entry.pointee.content != digest { return .conflict }
        let isNews = isKnown ? bucket > stored : bucket >= floor
        if isNews {
            remember(
                identity, digest, bucket, previousContent: entry.pointee.content,
                previousBucket: stored)
            entry.pointee.content = digest
            entry.pointee.bucket = bucket
        }
        return isKnown ? .duplicate : .firstSeen
    }

    /// Puts a new id into a slot that is its own by now; without one, into a table made anew.
    private mutating func insert(
        _ identity: Fingerprint, _ digest: UInt64, _ bucket: Int64,
        at slot: UnsafeMutablePointer<DedupeEntry>?
    ) {
        let slot = slot ?? slotInRemadeTable(identity)
        slot.pointee = DedupeEntry(
            low: identity.low, high: identity.high, content: digest, bucket: bucket)
        remember(
            identity, digest, bucket, previousContent: 0, previousBucket: DedupeEntry.dead)
    }

    /// Makes the identity's table anew (the one insert that moves entries) and takes a slot in it.
    @inline(never)
    private mutating func slotInRemadeTable(_ identity: Fingerprint)
        -> UnsafeMutablePointer<DedupeEntry>
    {
        let number = Self.shard(identity)
        remake(number)
        let shard = shards + number
        entriesMovedMax = max(entriesMovedMax, Int(shard.pointee.used))
        guard let slots = shard.pointee.slots else { preconditionFailure("a table has slots") }
        precondition(
            shard.pointee.used < shard.pointee.usedMax, "a table made anew has room")
        var index = shard.pointee.home(identity.high)
        while slots[index].bucket != DedupeEntry.empty {
            index += 1
            if index == shard.pointee.capacity { index = 0 }
        }
        shard.pointee.used += 1
        return slots + index
    }

    /// Makes a table anew, without what has expired for good.
    mutating func remake(_ number: Int) {
        let old = shards[number]
        shards[number] = old.remade(
            notBelow: reclaimFloor, minimum: Self.minimum(number), in: &arena)
        old.free(to: &arena)
    }

    /// The smallest capacity of a table. Not the same for all: tables of equal size would fill, and
    /// be made anew, all at about the same number of ids. From 24 to 32 they are spread over a
    /// whole cycle of growth (77 / 57), so that as many are made anew at any number of ids.
    static func minimum(_ number: Int) -> Int { 24 + number % 9 }

    @inline(__always)
    static func shard(_ identity: Fingerprint) -> Int {
        Int(truncatingIfNeeded: identity.low >> (64 - shardBits))
    }

    /// The part of the content's digest that is kept: both halves, folded.
    @inline(__always)
    static func digest(_ content: Fingerprint) -> UInt64 {
        content.low ^ (content.high << 32 | content.high >> 32)
    }

    /// floor(append time / width); the division only when the hour changes.
    @inline(__always)
    mutating func bucket(of raw: Int64) -> Int64 {
        if raw >= lastBucketStart, raw < lastBucketEnd { return lastBucket }
        lastBucket = Self.bucket(of: raw, width: width)
        lastBucketStart = lastBucket * width
        lastBucketEnd = lastBucketStart + width
        return lastBucket
    }
}
