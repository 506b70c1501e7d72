// Views of bytes that somebody else owns: a record's key, a member of its JSON. Nothing here
// allocates; a view is valid as long as its record (EventLog says until when).

/// Bytes owned elsewhere.
package typealias ByteView = UnsafeRawBufferPointer

extension UnsafeRawBufferPointer {
    /// Byte for byte the same.
    package func isSame(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let own = baseAddress, let theirs = other.baseAddress else { return count == 0 }
        return Self.areSame(own, theirs, count)
    }

    /// Whole words, the last one overlapping the one before: no loop over single bytes.
    @inline(__always)
    static func areSame(
        _ one: UnsafeRawPointer, _ two: UnsafeRawPointer, _ count: Int
    ) -> Bool {
        func differ<Word: FixedWidthInteger>(_ at: Int, _: Word.Type) -> Bool {
            one.loadUnaligned(fromByteOffset: at, as: Word.self)
                != two.loadUnaligned(fromByteOffset: at, as: Word.self)
        }
        if count >= 8 {
            var at = 0
            while at < count - 8 {
                if differ(at, UInt64.self) { return false }
                at += 8
            }
            return !differ(count - 8, UInt64.self)
        }
        if count >= 4 { return !differ(0, UInt32.self) && !differ(count - 4, UInt32.self) }
        if count >= 2 { return !differ(0, UInt16.self) && !differ(count - 2, UInt16.self) }
        return count == 0 || !differ(0, UInt8.self)
    }

    /// Byte for byte the same as a literal.
    package func isSame(as literal: StaticString) -> Bool {
        isSame(
            as: UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// A String of these bytes (invalid UTF-8 is repaired). Allocates: for effects and errors only.
    package var text: String { String(decoding: self, as: UTF8.self) }
}
