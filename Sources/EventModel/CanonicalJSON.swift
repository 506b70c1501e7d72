// The one writer of our own JSON: batch records, changelog values, signals and outbound events.
// No whitespace; the caller gives members in the order they are to stand (canonical records: sorted
// by name, see docs/events.md), so equal values give equal bytes.

/// Appends JSON to a byte array. Commas are its own business.
package struct JSONWriter {
    package var bytes: [UInt8] = []
    private var needsComma = false

    package init(reserving capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    package mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    package mutating func beginObject() { open(0x7b) }
    package mutating func endObject() { close(0x7d) }
    package mutating func beginArray() { open(0x5b) }
    package mutating func endArray() { close(0x5d) }

    /// The name of the next member.
    package mutating func name(_ name: StaticString) {
        separate()
        bytes.append(0x22)
        bytes.append(
            contentsOf: UnsafeBufferPointer(
                start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(0x22)
        bytes.append(0x3a)
        needsComma = false
    }

    /// The name of the next member, of any text.
    package mutating func name(_ name: String) {
        string(name)
        bytes.append(0x3a)
        needsComma = false
    }

    package mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { string(ByteView($0)) }
    }

    /// A string of UTF-8 bytes.
    package mutating func string(_ value: ByteView) {
        separate()
        bytes.append(0x22)
        if Self.isPlain(value) {
            bytes.append(contentsOf: value.bindMemory(to: UInt8.self))
        } else {
            for byte in value {
                if byte >= 0x20 && byte != 0x22 && byte != 0x5c {
                    bytes.append(byte)
                } else {
                    escape(byte)
                }
            }
        }
        bytes.append(0x22)
        needsComma = true
    }

    /// Whether nothing in it needs an escape; a text shorter than a word is not looked at. Whole
    /// words, the last one overlapping the one before.
    @inline(__always)
    private static func isPlain(_ value: ByteView) -> Bool {
        guard let start = value.baseAddress, value.count >= 8 else { return false }
        let last = value.count - 8
        var found = unplain(start.loadUnaligned(fromByteOffset: last, as: UInt64.self))
        for at in stride(from: 0, to: last, by: 8) {
            found |= unplain(start.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        }
        return found & 0x8080_8080_8080_8080 == 0
    }

    /// Leaves the high bit of a byte (or of one above it) that is a control, a quote or a
    /// backslash, and of none when there is none.
    @inline(__always)
    private static func unplain(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ 0x2222_2222_2222_2222
        let backslashes = word ^ 0x5c5c_5c5c_5c5c_5c5c
        return (word &- 0x2020_2020_2020_2020) & ~word
            | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
    }

    package mutating func integer(_ value: Int64) { raw(String(value)) }

    package mutating func boolean(_ value: Bool) { raw(value ? "true" : "false") }

    package mutating func null() { raw("null") }

    /// JSON text that is known to be well formed, as it stands.
    package mutating func raw(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
        needsComma = true
    }

    /// JSON bytes that are known to be well formed, as they stand.
    package mutating func raw(_ text: ByteView) {
        separate()
        bytes.append(contentsOf: text)
        needsComma = true
    }

    package mutating func member(_ name: StaticString, _ value: String) {
        self.name(name)
        string(value)
    }

    package mutating func member(_ name: StaticString, _ value: Int64) {
        self.name(name)
        integer(value)
    }

    package mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        boolean(value)
    }

    private mutating func open(_ byte: UInt8) {
        separate()
        bytes.append(byte)
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(0x2c) }
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(0x5c)
        switch byte {
        case 0x22: bytes.append(0x22)
        case 0x5c: bytes.append(0x5c)
        case 0x08: bytes.append(0x62)
        case 0x0c: bytes.append(0x66)
        case 0x0a: bytes.append(0x6e)
        case 0x0d: bytes.append(0x72)
        case 0x09: bytes.append(0x74)
        default:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: [
                0x75, 0x30, 0x30, digits[Int(byte >> 4)], digits[Int(byte & 15)],
            ])
        }
    }
}
