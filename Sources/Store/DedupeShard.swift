// One of the many small tables a dedupe window consists of. Open addressing over 32-byte entries;
// the slot is the high half of the identity scaled to the capacity, so that a table can grow by a
// third and its entries keep their order when it does.

/// An id in memory: what it was seen with and the newest bucket it was seen in.
struct DedupeEntry {
    var low: UInt64
    var high: UInt64
    var content: UInt64
    var bucket: Int64

    /// Marks a slot that was never used. Less than any bucket.
    static let empty = Int64.min
    /// Marks a slot whose entry was taken back. Less than any bucket.
    static let dead = Int64.min + 1
}

/// A table of entries. Owned by its window, whose arena has its memory.
struct DedupeShard {
    var slots: UnsafeMutablePointer<DedupeEntry>?
    var capacity: UInt32 = 0
    /// Slots that are not empty: living, expired and dead entries.
    var used: UInt32 = 0
    /// `used` beyond this makes the table anew.
    var usedMax: UInt32 = 0

    // Fullness lies between 57 % (just made) and 77 %: an entry moves 1 / (77 / 57 - 1) = 2.9 times in
    // its life, and takes 32 bytes / 0.66 = 48 bytes on average over tables whose sizes are spread
    // over a whole cycle (`DedupeWindow.minimum`), which leaves room for what the arena cannot use
    // between the tables.
    static let usedPercentMax = 77
    static let usedPercentNew = 57

    /// A table for so many living entries.
    init(living: Int, minimum: Int, in arena: inout SlotArena) {
        let wanted = max(minimum, living * 100 / Self.usedPercentNew + 1)
        capacity = UInt32(wanted)
        usedMax = UInt32(wanted * Self.usedPercentMax / 100)
        // Blocks begin with a cache line: two entries share one, none lies on two.
        let memory = arena.allocate(bytes: wanted * MemoryLayout<DedupeEntry>.stride)
        let slots = memory.bindMemory(to: DedupeEntry.self, capacity: wanted)
        slots.initialize(
            repeating: DedupeEntry(low: 0, high: 0, content: 0, bucket: DedupeEntry.empty),
            count: wanted)
        self.slots = slots
    }

    /// Gives the table's memory back.
    func free(to arena: inout SlotArena) {
        guard let slots else { return }
        arena.release(slots, bytes: Int(capacity) * MemoryLayout<DedupeEntry>.stride)
    }

    /// Where the search for an identity begins.
    @inline(__always)
    func home(_ high: UInt64) -> Int {
        Int(truncatingIfNeeded: high.multipliedFullWidth(by: UInt64(capacity)).high)
    }

    /// The slot of an identity that was not taken back, expired or not.
    func find(low: UInt64, high: UInt64) -> UnsafeMutablePointer<DedupeEntry>? {
        guard let slots else { return nil }
        var index = home(high)
        while slots[index].bucket != DedupeEntry.empty {
            let entry = slots + index
            if entry.pointee.low == low, entry.pointee.high == high,
                entry.pointee.bucket != DedupeEntry.dead
            {
                return entry
            }
            index += 1
            if index == capacity { index = 0 }
        }
        return nil
    }

    /// Entries of buckets not below `floor`.
    func living(notBelow floor: Int64) -> Int {
        guard let slots else { return 0 }
        var count = 0
        for index in 0..<Int(capacity) where slots[index].bucket >= floor { count += 1 }
        return count
    }

    /// The same entries, without those below `floor`, in a table that fits them.
    func remade(notBelow floor: Int64, minimum: Int, in arena: inout SlotArena) -> DedupeShard {
        var new = DedupeShard(
            living: living(notBelow: floor), minimum: minimum, in: &arena)
        guard let slots, let target = new.slots else { return new }
        for index in 0..<Int(capacity) where slots[index].bucket >= floor {
            var at = new.home(slots[index].high)
            while target[at].bucket != DedupeEntry.empty {
                at += 1
                if at == new.capacity { at = 0 }
            }
            target[at] = slots[index]
            new.used += 1
        }
        return new
    }
}
