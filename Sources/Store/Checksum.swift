// SQLite checks the shape of its pages, not the bytes in them: a flipped bit in a value would come
// back as state. Every row, the head and every block of sightings therefore carry a sum of their
// own.

package import EventModel

/// A 64-bit sum over bytes: finds damage, not malice. Part of the file format: never changes within
/// a version.
package struct Checksum {
    private var state: UInt64

    package init() { state = 0x9E37_79B9_7F4A_7C15 }

    /// Adds a number.
    @inline(__always)
    package mutating func add(_ word: UInt64) {
        let product = (state ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
        state = product.low ^ product.high &+ 0xA076_1D64_78BD_642F
    }

    /// Adds bytes, preceded by their length, so that neighbours cannot lend each other bytes.
    package mutating func add(_ bytes: ByteView) {
        add(UInt64(bytes.count))
        var at = 0
        while at + 8 <= bytes.count {
            add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
            at += 8
        }
        guard at < bytes.count else { return }
        var rest: UInt64 = 0
        var shift: UInt64 = 0
        while at < bytes.count {
            rest |= UInt64(bytes[at]) << shift
            shift += 8
            at += 1
        }
        add(rest)
    }

    /// The sum so far, as SQLite stores integers.
    package var value: Int64 { Int64(bitPattern: state) }

    /// The sum of a state row.
    static func ofRow(key: ByteView, value: ByteView) -> Int64 {
        var sum = Checksum()
        sum.add(key)
        sum.add(value)
        return sum.value
    }
}
