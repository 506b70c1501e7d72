// What the text of an attribute may hold (CloudEvents 1.0.2, "Type System"): no control
// characters, no noncharacters, valid UTF-8. Nearly all are printable ASCII, which is found eight
// bytes at a time.

import EventModel

enum AttributeText {
    enum Verdict: Equatable { case usable, notUtf8, forbiddenCharacter }

    static func verdict(_ text: ByteView) -> Verdict {
        isPrintableASCII(text) ? .usable : slowVerdict(text)
    }

    static func isPrintableASCII(_ text: ByteView) -> Bool {
        var at = 0
        while at + 8 <= text.count {
            let word = text.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            if !isPrintableASCII(word) { return false }
            at += 8
        }
        while at < text.count {
            if text[at] < 0x20 || text[at] >= 0x7f { return false }
            at += 1
        }
        return true
    }

    /// Bytes below 0x20 borrow, 0x7f carries, 0x80 and above show themselves. A borrow can make a
    /// neighbour look bad, never a bad one good, so a false alarm only costs the slow way.
    private static func isPrintableASCII(_ word: UInt64) -> Bool {
        let high: UInt64 = 0x8080_8080_8080_8080
        let below = word &- 0x2020_2020_2020_2020
        let above = word &+ 0x0101_0101_0101_0101
        return (below | above | word) & high == 0
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
