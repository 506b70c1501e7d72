// Views of bytes that somebody else owns: a record's key, a member of its JSON. Nothing here
// allocates; a view is valid as long as its record (EventLog says until when).

/// Bytes owned elsewhere.
package typealias ByteView = UnsafeRawBufferPointer

extension UnsafeRawBufferPointer {
    /// Byte for byte the same.
    @inlinable package func isSame(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard count > 0 else { return true }
        var index = 0
        while index + 8 <= count {
            if loadUnaligned(fromByteOffset: index, as: UInt64.self)
                != other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            {
                return false
            }
            index += 8
        }
        while index < count {
            if self[index] != other[index] { return false }
            index += 1
        }
        return true
    }

    /// Byte for byte the same as a literal.
    @inlinable package func isSame(as literal: StaticString) -> Bool {
        isSame(
            as: UnsafeRawBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// A String of these bytes (invalid UTF-8 is repaired). Allocates: for effects and errors only.
    package var text: String { String(decoding: self, as: UTF8.self) }
}
