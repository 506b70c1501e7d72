// The one writer of our own JSON: batch records, changelog values, signals and outbound events.
// No whitespace; the caller gives members in the order they are to stand (canonical records: sorted
// by name, see docs/events.md), so equal values give equal bytes.

/// Appends JSON to bytes of its own. Commas are its own business.
///
/// Each call looks once whether there is room and then writes where it is: an effect is some sixty
/// calls, and an array that grows by single bytes was a fifteenth of all work on a record.
package struct JSONWriter {
    /// Room, the first `used` bytes of it written.
    private var storage: [UInt8]
    private var used = 0
    private var needsComma = false

    package init(reserving capacity: Int = 512) {
        storage = [UInt8](repeating: 0, count: max(capacity, 64))
    }

    /// What has been written: a copy, no larger than it must be.
    package var bytes: [UInt8] { [UInt8](storage[..<used]) }

    /// What has been written, in place; the view is valid during the call.
    package func withBytes<Result>(_ body: (ByteView) throws -> Result) rethrows -> Result {
        try storage.withUnsafeBytes { try body(ByteView(rebasing: $0[..<used])) }
    }

    package mutating func reset() {
        used = 0
        needsComma = false
    }

    package mutating func beginObject() { open(0x7b) }
    package mutating func endObject() { close(0x7d) }
    package mutating func beginArray() { open(0x5b) }
    package mutating func endArray() { close(0x5d) }

    /// The name of the next member.
    package mutating func name(_ name: StaticString) {
        let count = name.utf8CodeUnitCount
        write(atMost: count + 4) { out in
            out.put(0x22)
            out.put(UnsafeRawPointer(name.utf8Start), count)
            out.put(0x22)
            out.put(0x3a)
        }
        needsComma = false
    }

    /// The name of the next member, of any text.
    package mutating func name(_ name: String) {
        string(name)
        write(raw: 0x3a)
        needsComma = false
    }

    package mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { string(ByteView($0)) }
    }

    /// A string of UTF-8 bytes.
    package mutating func string(_ value: ByteView) {
        let isPlain = Self.isPlain(value)
        // An escape is six bytes at most.
        write(atMost: (isPlain ? value.count : value.count * 6) + 3) { out in
            out.put(0x22)
            if isPlain {
                out.put(value.baseAddress!, value.count)
            } else {
                for byte in value {
                    if byte >= 0x20 && byte != 0x22 && byte != 0x5c {
                        out.put(byte)
                    } else {
                        Self.escape(byte, to: &out)
                    }
                }
            }
            out.put(0x22)
        }
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

    package mutating func integer(_ value: Int64) {
        write(atMost: 21) { out in
            if value < 0 { out.put(0x2d) }
            out.put(digitsOf: value.magnitude)
        }
        needsComma = true
    }

    package mutating func boolean(_ value: Bool) { raw(value ? "true" : "false") }

    package mutating func null() { raw("null") }

    /// JSON text that is known to be well formed, as it stands.
    package mutating func raw(_ text: String) {
        var text = text
        text.withUTF8 { raw(ByteView($0)) }
    }

    /// JSON bytes that are known to be well formed, as they stand.
    package mutating func raw(_ text: ByteView) {
        write(atMost: text.count + 1) { out in
            if let start = text.baseAddress { out.put(start, text.count) }
        }
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
        write(atMost: 2) { $0.put(byte) }
        needsComma = false
    }

    private mutating func close(_ byte: UInt8) {
        write(raw: byte)
        needsComma = true
    }

    private static func escape(_ byte: UInt8, to out: inout Output) {
        out.put(0x5c)
        switch byte {
        case 0x22: out.put(0x22)
        case 0x5c: out.put(0x5c)
        case 0x08: out.put(0x62)
        case 0x0c: out.put(0x66)
        case 0x0a: out.put(0x6e)
        case 0x0d: out.put(0x72)
        case 0x09: out.put(0x74)
        default:
            out.put(0x75)
            out.put(0x30)
            out.put(0x30)
            for digit in [byte >> 4, byte & 15] { out.put(digit + (digit < 10 ? 0x30 : 0x57)) }
        }
    }
}

// MARK: - Room

extension JSONWriter {
    /// Where the next byte goes. Whoever writes has asked for the room.
    private struct Output {
        var at: UnsafeMutablePointer<UInt8>

        @inline(__always)
        mutating func put(_ byte: UInt8) {
            at.pointee = byte
            at += 1
        }

        @inline(__always)
        mutating func put(_ start: UnsafeRawPointer, _ count: Int) {
            UnsafeMutableRawPointer(at).copyMemory(from: start, byteCount: count)
            at += count
        }

        /// Decimal digits, the last one first.
        @inline(__always)
        mutating func put(digitsOf value: UInt64) {
            var count = 1
            var rest = value / 10
            while rest > 0 {
                count += 1
                rest /= 10
            }
            rest = value
            for place in (0..<count).reversed() {
                at[place] = 0x30 + UInt8(rest % 10)
                rest /= 10
            }
            at += count
        }
    }

    /// Writes a value or a name, after a comma where one is due.
    /// - Parameter room: bytes that it may take, the comma among them.
    @inline(__always)
    private mutating func write(atMost room: Int, _ body: (inout Output) -> Void) {
        let isFirst = !needsComma
        append(atMost: room) { out in
            if !isFirst { out.put(0x2c) }
            body(&out)
        }
    }

    /// A byte that no comma goes before.
    @inline(__always)
    private mutating func write(raw byte: UInt8) {
        append(atMost: 1) { $0.put(byte) }
    }

    @inline(__always)
    private mutating func append(atMost room: Int, _ body: (inout Output) -> Void) {
        if storage.count - used < room { grow(by: room) }
        let begin = used
        used = storage.withUnsafeMutableBufferPointer { buffer in
            let start = buffer.baseAddress!
            var out = Output(at: start + begin)
            body(&out)
            precondition(out.at - start <= buffer.count, "more was written than there is room for")
            return out.at - start
        }
    }

    private mutating func grow(by room: Int) {
        let count = max(storage.count * 2, used + room)
        storage.append(contentsOf: repeatElement(0, count: count - storage.count))
    }
}
