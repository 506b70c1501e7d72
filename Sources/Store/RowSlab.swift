// Rows of a changelog in hand during a restore: their bytes one after the other in one block, and
// an entry each that sorts without looking there. A String and an array a row would cost more than
// SQLite does.

import CSQLite
package import EventModel
import Glibc

/// Rows as they come, with tombstones; given out in the order of their keys, the last of each key.
/// Filled by one thread; once `arrange` was called it only answers, to any thread.
package final class RowSlab {
    private struct Entry {
        /// The key's first 16 bytes, big-endian, zeros behind a shorter key: they tell most keys
        /// apart.
        var first: UInt64
        var second: UInt64
        /// Where the key begins; the value follows it. Also the order in which rows came.
        var at: Int
        var keyBytes: UInt32
        /// -1 for a tombstone.
        var valueBytes: Int32
    }

    private var block: UnsafeMutableRawPointer
    private var capacity: Int
    private var entries: ContiguousArray<Entry> = []
    private var isArranged = false
    /// Bytes of all keys and values in hand.
    package private(set) var byteCount = 0

    package init() {
        // Most restores bring a handful of rows: what is larger grows by doubling.
        capacity = 1 << 14
        guard let made = malloc(capacity) else { preconditionFailure("out of memory") }
        block = made
    }

    deinit { free(block) }

    /// Rows in hand, those of one key counted each.
    package var count: Int { entries.count }

    /// Copies a row; nil is a tombstone.
    package func append(key: ByteView, value: ByteView?) {
        precondition(!isArranged, "a slab that was arranged takes no more rows")
        let needed = byteCount + key.count + (value?.count ?? 0)
        if needed > capacity { grow(to: needed) }
        let entry = Entry(
            first: Self.word(key, 0), second: Self.word(key, 8), at: byteCount,
            keyBytes: UInt32(key.count), valueBytes: value.map { Int32($0.count) } ?? -1)
        put(key)
        if let value { put(value) }
        entries.append(entry)
    }

    /// Forgets all rows and keeps the memory.
    package func removeAll() {
        entries.removeAll(keepingCapacity: true)
        byteCount = 0
        isArranged = false
    }

    /// Puts the rows in the order of their keys and keeps the last one of each.
    package func arrange() {
        guard !isArranged else { return }
        entries.sort { isBefore($0, $1) }
        var kept = 0
        for index in entries.indices {
            if kept > 0, hasSameKey(entries[kept - 1], entries[index]) { kept -= 1 }
            entries[kept] = entries[index]
            kept += 1
        }
        entries.removeLast(entries.count - kept)
        isArranged = true
    }

    /// Calls `body` for each row after `arrange`; the views are valid as long as the slab.
    package func forEach<Failure: Error>(
        _ body: (_ key: ByteView, _ value: ByteView?) throws(Failure) -> Void
    ) throws(Failure) {
        precondition(isArranged, "rows are given out in order")
        for (index, entry) in entries.enumerated() {
            // In the order of their keys the rows lie anywhere: the next ones are fetched ahead.
            if index + Self.ahead < entries.count {
                let next = block + entries[index + Self.ahead].at
                holdfast_prefetch(next)
                holdfast_prefetch(next + 64)
            }
            let value = entry.valueBytes < 0 ? nil : self.value(of: entry)
            try body(key(of: entry), value)
        }
    }

    private static let ahead = 6

    private func key(of entry: Entry) -> ByteView {
        ByteView(start: block + entry.at, count: Int(entry.keyBytes))
    }

    private func value(of entry: Entry) -> ByteView {
        ByteView(start: block + entry.at + Int(entry.keyBytes), count: Int(entry.valueBytes))
    }

    private func put(_ bytes: ByteView) {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        memcpy(block + byteCount, start, bytes.count)
        byteCount += bytes.count
    }

    private func grow(to needed: Int) {
        var wanted = capacity
        while wanted < needed { wanted *= 2 }
        // Large blocks move by their pages, not by their bytes.
        guard let moved = realloc(block, wanted) else { preconditionFailure("out of memory") }
        block = moved
        capacity = wanted
        // Advice only: a fault per 4 KiB of a state costs as much as copying it.
        let huge = UInt(1) << 21
        let start = (UInt(bitPattern: block) + huge - 1) / huge * huge
        let end = (UInt(bitPattern: block) + UInt(capacity)) / huge * huge
        if start < end {
            madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), MADV_HUGEPAGE)
        }
    }

    private static func word(_ key: ByteView, _ from: Int) -> UInt64 {
        if key.count >= from + 8 {
            return UInt64(bigEndian: key.loadUnaligned(fromByteOffset: from, as: UInt64.self))
        }
        var word: UInt64 = 0
        for at in from..<from + 8 { word = word << 8 | (at < key.count ? UInt64(key[at]) : 0) }
        return word
    }

    /// By bytes as SQLite compares blobs; of equal keys the one that came first.
    private func isBefore(_ left: Entry, _ right: Entry) -> Bool {
        if left.first != right.first { return left.first < right.first }
        if left.second != right.second { return left.second < right.second }
        let common = Int(min(left.keyBytes, right.keyBytes))
        if common > 16 {
            let order = memcmp(block + left.at + 16, block + right.at + 16, common - 16)
            if order != 0 { return order < 0 }
        }
        if left.keyBytes != right.keyBytes { return left.keyBytes < right.keyBytes }
        return left.at < right.at
    }

    private func hasSameKey(_ left: Entry, _ right: Entry) -> Bool {
        left.keyBytes == right.keyBytes
            && memcmp(block + left.at, block + right.at, Int(left.keyBytes)) == 0
    }
}
