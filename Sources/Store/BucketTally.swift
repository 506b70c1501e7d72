// How many ids each bucket holds, so that the number of known ids costs no walk through millions of
// slots.

/// Counts per bucket, a handful of them; the one counted last is looked at first.
struct BucketTally {
    private var counts: [(bucket: Int64, count: Int)] = []
    private var last = 0

    /// One id goes from one bucket to another; the markers of a slot without an entry count
    /// nothing.
    @inline(__always)
    mutating func move(from old: Int64, to new: Int64) {
        add(-1, to: old)
        add(1, to: new)
    }

    @inline(__always)
    private mutating func add(_ change: Int, to bucket: Int64) {
        guard bucket > DedupeEntry.dead else { return }
        if last < counts.count, counts[last].bucket == bucket {
            counts[last].count += change
            return
        }
        find(bucket)
        counts[last].count += change
    }

    private mutating func find(_ bucket: Int64) {
        if let at = counts.firstIndex(where: { $0.bucket == bucket }) {
            last = at
        } else {
            last = counts.count
            counts.append((bucket, 0))
        }
    }

    func count(notBelow floor: Int64) -> Int {
        counts.reduce(0) { $1.bucket >= floor ? $0 + $1.count : $0 }
    }

    /// Forgets buckets that can never be asked for again.
    mutating func drop(below floor: Int64) {
        counts.removeAll { $0.bucket < floor }
        last = 0
    }
}
