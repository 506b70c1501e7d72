// What the text of an attribute may hold (CloudEvents 1.0.2, "Type System"): no control
// characters, no noncharacters, valid UTF-8. Nearly all are printable ASCII, which is found eight
// bytes at a time.

import EventModel

enum AttributeText {
    enum Verdict: Equatable { case usable, notUtf8, forbiddenCharacter }

    static func verdict(_ text: ByteView) -> Verdict {
        isPrintableASCII(text) ? .usable : slowVerdict(text)
    }

    /// Whole words, the last one overlapping the one before; what is bad in any shows at the end.
    @inline(__always)
    static func isPrintableASCII(_ text: ByteView) -> Bool {
        guard text.count >= 8 else { return isShortPrintableASCII(text) }
        var bad: UInt64 = 0
        var at = 0
        while at < text.count - 8 {
            bad |= doubts(text.loadUnaligned(fromByteOffset: at, as: UInt64.self))
            at += 8
        }
        bad |= doubts(text.loadUnaligned(fromByteOffset: text.count - 8, as: UInt64.self))
        return bad & 0x8080_8080_8080_8080 == 0
    }

    @inline(__always)
    private static func isShortPrintableASCII(_ text: ByteView) -> Bool {
        for byte in text where byte &- 0x20 >= 0x5f { return false }
        return true
    }

    /// High bits where a byte may be bad: below 0x20 it borrows, 0x7f carries, 0x80 and above
    /// show themselves. A borrow can make a neighbour look bad, never a bad one good, so a false
    /// alarm only costs the slow way.
    @inline(__always)
    private static func doubts(_ word: UInt64) -> UInt64 {
        (word &- 0x2020_2020_2020_2020) | (word &+ 0x0101_0101_0101_0101) | word
    }

    private static func slowVerdict(_ text: ByteView) -> Verdict {
        guard let string = String(validating: text, as: UTF8.self) else { return .notUtf8 }
        for scalar in string.unicodeScalars {
            let value = scalar.value
            let isControl = value < 0x20 || (0x7f..<0xa0).contains(value)
            let isNoncharacter = value & 0xfffe == 0xfffe || (0xfdd0...0xfdef).contains(value)
            if isControl || isNoncharacter { return .forbiddenCharacter }
        }
        return .usable
    }
}
