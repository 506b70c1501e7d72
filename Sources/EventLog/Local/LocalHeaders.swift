// Headers of a record in one column: count, then for each name length, value length (-1 for a null
// value), name, value; all lengths 4 bytes, little-endian. No headers: a null column.

import EventModel

/// Packs and unpacks headers.
enum LocalHeaders {
    static func append(_ number: Int, to packed: inout [UInt8]) {
        withUnsafeBytes(of: Int32(number).littleEndian) { packed.append(contentsOf: $0) }
    }

    /// Adds one header to a packed list that begins with the count.
    static func append(name: ByteView, value: ByteView?, to packed: inout [UInt8]) {
        append(name.count, to: &packed)
        append(value?.count ?? -1, to: &packed)
        packed.append(contentsOf: name)
        if let value { packed.append(contentsOf: value) }
    }

    static func count(in packed: ByteView) -> Int? {
        guard packed.count >= 4 else { return nil }
        let count = Int(number(packed, 0))
        // A header takes 8 bytes at least: a torn count must not reserve memory.
        return count >= 0 && count <= packed.count / 8 ? count : nil
    }

    /// Fills views into `packed`; false when the bytes are no packed headers.
    static func unpack(
        _ packed: ByteView, into views: UnsafeMutableBufferPointer<HeaderView>
    ) -> Bool {
        var at = 4
        for index in views.indices {
            guard at + 8 <= packed.count else { return false }
            let nameLength = Int(number(packed, at))
            let valueLength = Int(number(packed, at + 4))
            at += 8
            let end = at + nameLength + max(0, valueLength)
            guard nameLength >= 0, valueLength >= -1, end <= packed.count else { return false }
            let name = ByteView(rebasing: packed[at..<at + nameLength])
            let value = ByteView(rebasing: packed[at + nameLength..<end])
            views.initializeElement(
                at: index, to: HeaderView(name: name, value: valueLength < 0 ? nil : value))
            at = end
        }
        return at == packed.count
    }

    private static func number(_ bytes: ByteView, _ at: Int) -> Int32 {
        Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: Int32.self))
    }
}
