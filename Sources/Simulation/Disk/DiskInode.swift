// One file of a simulated disk: what a reader sees, what would survive a power cut, and the changes
// between the two in their order.

/// A file's contents.
struct DiskInode: Sendable {
    /// What becomes durable with the next sync, or not.
    enum Change: Sendable {
        /// `isDoomed`: a sync that failed has given it up.
        case write(offset: Int, bytes: [UInt8], isDoomed: Bool)
        case truncate(Int)
    }

    /// A disk writes so many bytes at once or not at all.
    static let sectorBytes = 512

    /// The page cache.
    private(set) var bytes = DiskBytes()
    /// What a power cut leaves for sure.
    private(set) var durable = DiskBytes()
    /// What was changed since, oldest first.
    private(set) var pending: [Change] = []
    /// No sync has failed: `durable` with all that is pending would be `bytes`.
    private var isInStep = true

    mutating func write(_ new: UnsafeRawBufferPointer, at offset: Int) {
        bytes.put(new, at: offset)
        pending.append(.write(offset: offset, bytes: DiskBytes.copy(new), isDoomed: false))
    }

    mutating func truncate(to count: Int) {
        bytes.cut(to: count)
        pending.append(.truncate(count))
    }

    /// Everything written so far is durable, but for what an earlier sync gave up.
    mutating func sync() {
        if isInStep {
            durable = bytes
            pending.removeAll(keepingCapacity: true)
            return
        }
        apply(pending)
        pending.removeAll { if case .write(_, _, true) = $0 { false } else { true } }
    }

    /// The first half becomes durable, the rest is given up.
    mutating func syncHalf() {
        isInStep = false
        let half = pending.count / 2
        apply(pending[..<half])
        pending = pending[half...].map {
            if case .write(let offset, let bytes, _) = $0 {
                .write(offset: offset, bytes: bytes, isDoomed: true)
            } else {
                $0
            }
        }
    }

    /// Decides what a power cut leaves.
    mutating func crash(_ fate: DiskFate, _ dice: inout DiskDice) {
        switch fate {
        case .kept: sync()
        case .dropped: break
        case .luck: crash(&dice)
        }
        pending.removeAll()
        bytes = durable
        isInStep = true
    }

    private mutating func crash(_ dice: inout DiskDice) {
        // By luck a first part is there (perhaps with a torn end), or each has its own luck.
        let first = dice.roll(pending.count + 1)
        switch dice.roll(4) {
        case 0: apply(pending.prefix(first))
        case 1: apply(pending.filter { _ in dice.roll(2) == 0 })
        case 2: tear(pending, &dice)
        default:
            apply(pending.prefix(first))
            tear(pending.dropFirst(first).prefix(1), &dice)
        }
    }

    /// Makes changes durable.
    private mutating func apply(_ changes: some Sequence<Change>) {
        for change in changes {
            switch change {
            case .truncate(let count): durable.cut(to: count)
            case .write(_, _, true): break
            case .write(let offset, let bytes, false):
                bytes.withUnsafeBytes { durable.put($0, at: offset) }
            }
        }
    }

    /// Makes changes durable, of writes each sector by luck.
    private mutating func tear(_ changes: some Sequence<Change>, _ dice: inout DiskDice) {
        for change in changes {
            guard case .write(let offset, let bytes, false) = change else {
                apply(CollectionOfOne(change))
                continue
            }
            bytes.withUnsafeBytes {
                Self.put(sectorsOf: $0, at: offset, into: &durable) { _ in dice.roll(2) == 0 }
            }
        }
    }

    private static func put(
        sectorsOf new: UnsafeRawBufferPointer, at offset: Int, into content: inout DiskBytes,
        _ isKept: (_ sector: Int) -> Bool
    ) {
        var from = 0
        while from < new.count {
            let sector = (offset + from) / sectorBytes
            let to = min(new.count, (sector + 1) * sectorBytes - offset)
            if isKept(sector) {
                content.put(
                    UnsafeRawBufferPointer(rebasing: new[from..<to]), at: offset + from)
            }
            from = to
        }
    }

    /// Changes what lies there and is durable: decay, not a write.
    mutating func decay(_ change: (inout [UInt8]) -> Void) {
        sync()
        var flat = durable.flat
        change(&flat)
        durable = DiskBytes(flat)
        pending.removeAll()
        bytes = durable
        isInStep = true
    }
}
