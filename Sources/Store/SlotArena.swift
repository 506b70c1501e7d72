// Memory for the tables of one window. Tables are made anew a third larger all the time, and their
// old memory must serve the next ones: the system's allocator gives blocks of this size back to the
// kernel and fetches them again, and a fault per 4 KiB page costs more than everything else an
// insert does. Regions grow with the window; large ones are asked for as huge pages, so that twenty
// million ids do not miss the TLB at each.

import Glibc

/// Hands out blocks of whole units from a few large regions; first fit, neighbours are joined when
/// freed.
struct SlotArena: ~Copyable {
    private struct Run {
        var start: UInt
        var bytes: UInt
        var end: UInt { start + bytes }
    }

    /// Blocks are multiples of this and aligned to it: whole cache lines.
    static let unit: UInt = 256
    private static let hugePage: UInt = 1 << 21
    private static let regionMax: UInt = 1 << 26

    private var regions: [Run] = []
    /// In the order of their addresses, never touching each other.
    private var free: [Run] = []
    /// Bytes handed out.
    private(set) var usedBytes = 0
    /// Bytes of all regions; what was never handed out takes no memory yet.
    private(set) var reservedBytes = 0

    /// Where the first region begins, as long as there is one.
    private var first: UInt = 0

    deinit {
        for region in regions where region.start != first { Self.unmap(region) }
        Glibc.free(UnsafeMutableRawPointer(bitPattern: first))
    }

    private static func rounded(_ bytes: Int) -> UInt { (UInt(bytes) + unit - 1) / unit * unit }

    /// A block, its bytes undefined.
    mutating func allocate(bytes: Int) -> UnsafeMutableRawPointer {
        let wanted = Self.rounded(bytes)
        if !free.contains(where: { $0.bytes >= wanted }) { addRegion(atLeast: wanted) }
        guard let at = free.firstIndex(where: { $0.bytes >= wanted }),
            let block = UnsafeMutableRawPointer(bitPattern: free[at].start)
        else { preconditionFailure("a new region has room") }
        free[at].start += wanted
        free[at].bytes -= wanted
        if free[at].bytes == 0 { free.remove(at: at) }
        usedBytes += Int(wanted)
        return block
    }

    /// Takes a block back; a region with nothing left in it goes back to the system.
    mutating func release(_ block: UnsafeMutableRawPointer, bytes: Int) {
        var run = Run(start: UInt(bitPattern: block), bytes: Self.rounded(bytes))
        usedBytes -= Int(run.bytes)
        var at = place(of: run.start)
        if at < free.count, free[at].start == run.end, !isRegionStart(run.end) {
            run.bytes += free.remove(at: at).bytes
        }
        if at > 0, free[at - 1].end == run.start, !isRegionStart(run.start) {
            at -= 1
            run = Run(start: free[at].start, bytes: free[at].bytes + run.bytes)
            free.remove(at: at)
        }
        if regions.count > 1, let region = regions.firstIndex(where: { $0.start == run.start }),
            regions[region].bytes == run.bytes
        {
            regions.remove(at: region)
            reservedBytes -= Int(run.bytes)
            guard run.start == first else { return Self.unmap(run) }
            Glibc.free(UnsafeMutableRawPointer(bitPattern: first))
            first = 0
            return
        }
        free.insert(run, at: at)
    }

    private func isRegionStart(_ address: UInt) -> Bool {
        regions.contains { $0.start == address }
    }

    /// The index of the first free run behind an address.
    private func place(of address: UInt) -> Int {
        var (low, high) = (0, free.count)
        while low < high {
            let middle = (low + high) / 2
            if free[middle].start < address { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// A sixteenth of what there is, between 256 KiB and 64 MiB: a quiet topic costs little.
    private mutating func addRegion(atLeast wanted: UInt) {
        if regions.isEmpty, wanted <= Self.firstBytes { return addFirstRegion() }
        var bytes = min(max(UInt(reservedBytes) / 16, 1 << 18, wanted), max(Self.regionMax, wanted))
        let isHuge = bytes >= Self.hugePage
        let grain = isHuge ? Self.hugePage : 1 << 12
        bytes = (bytes + grain - 1) / grain * grain
        // Huge pages begin at multiples of their size: map more and give the ends back.
        let slack = isHuge ? Self.hugePage : 0
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        let mapped = mmap(nil, Int(bytes + slack), PROT_READ | PROT_WRITE, flags, -1, 0)
        guard let mapped, mapped != MAP_FAILED else { preconditionFailure("out of memory") }
        let begin = UInt(bitPattern: mapped)
        let start = (begin + grain - 1) / grain * grain
        Self.unmap(Run(start: begin, bytes: start - begin))
        Self.unmap(Run(start: start + bytes, bytes: begin + slack - start))
        let region = Run(start: start, bytes: bytes)
        // Advice only: without huge pages everything works, slower.
        if isHuge { madvise(UnsafeMutableRawPointer(bitPattern: start), Int(bytes), MADV_HUGEPAGE) }
        regions.append(region)
        free.insert(region, at: place(of: start))
        reservedBytes += Int(bytes)
    }

    /// A few ids, as after most restores of a test or of a new plant, are not worth a mapping.
    private static let firstBytes: UInt = 1 << 14

    private mutating func addFirstRegion() {
        guard let block = aligned_alloc(Int(Self.unit), Int(Self.firstBytes)) else {
            preconditionFailure("out of memory")
        }
        first = UInt(bitPattern: block)
        let region = Run(start: first, bytes: Self.firstBytes)
        regions.append(region)
        free.insert(region, at: place(of: first))
        reservedBytes += Int(Self.firstBytes)
    }

    private static func unmap(_ run: Run) {
        guard run.bytes > 0 else { return }
        munmap(UnsafeMutableRawPointer(bitPattern: run.start), Int(run.bytes))
    }
}
