// Where the bytes of polled records live: blocks of 1 MiB, filled row after row, each freed or
// used again
// when the last record in it has been released. So a record costs one copy and no allocation.

import EventModel

/// Blocks of records. A record's `owner` is its block; the count of live records is its first
/// field.
final class LocalArena {
    private struct Block {
        /// Records not yet released, plus one while the arena fills the block.
        var live: Int
        var used: Int
        var capacity: Int
    }
    private static let head = 64
    private static let standard = 1 << 20
    /// Bytes behind the last record that may be read, as simdjson does when it reads in place.
    private static let slack = 128
    private static let spareMax = 16

    private var current: UnsafeMutableRawPointer?
    private var spare: [UnsafeMutableRawPointer] = []

    deinit {
        if let current { giveUp(current) }
        for block in spare { block.deallocate() }
    }

    /// Room for `bytes`, aligned to 16, in a block that then counts one record more.
    func reserve(_ bytes: Int) -> (start: UnsafeMutableRawPointer, owner: UnsafeMutableRawPointer) {
        let needed = (bytes + 15) & ~15
        let block = block(with: needed)
        let head = block.assumingMemoryBound(to: Block.self)
        let start = block + head.pointee.used
        head.pointee.used += needed
        head.pointee.live += 1
        return (start, block)
    }

    private func block(with needed: Int) -> UnsafeMutableRawPointer {
        if let current {
            let head = current.assumingMemoryBound(to: Block.self)
            // Everything in it has been released: fill it from the start again.
            if head.pointee.live == 1 { head.pointee.used = Self.head }
            if head.pointee.used + needed + Self.slack <= head.pointee.capacity { return current }
            giveUp(current)
        }
        let capacity = max(Self.standard, Self.head + needed + Self.slack)
        let reused = capacity == Self.standard ? spare.popLast() : nil
        let block = reused ?? .allocate(byteCount: capacity, alignment: 64)
        block.initializeMemory(
            as: Block.self, to: Block(live: 1, used: Self.head, capacity: capacity))
        current = block
        return block
    }

    /// One record of the block is gone.
    func release(_ owner: UnsafeMutableRawPointer) { giveUp(owner) }

    private func giveUp(_ block: UnsafeMutableRawPointer) {
        let head = block.assumingMemoryBound(to: Block.self)
        precondition(head.pointee.live > 0, "a record is released once")
        head.pointee.live -= 1
        guard head.pointee.live == 0 else { return }
        if head.pointee.capacity == Self.standard, spare.count < Self.spareMax {
            spare.append(block)
        } else {
            block.deallocate()
        }
    }
}
