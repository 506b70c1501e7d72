// Patterns of two common shapes are matched without the regular-expression engine, whose set-up
// alone costs more than such a text has bytes: JSON's grammar of numbers, and some ASCII characters
// so many times. Read off the pattern's text when it is compiled; everything else stays PCRE2's.

import EventModel

/// What a pattern is, as far as it matters for matching it.
enum PatternShape {
    /// `^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`, letter for letter.
    case number
    /// `^[...]{least,most}$` over ASCII: a bit per character.
    case characters(low: UInt64, high: UInt64, least: Int, most: Int)
    case other

    static let numberPattern = #"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"#

    init(_ pattern: String) {
        if pattern == Self.numberPattern {
            self = .number
            return
        }
        var text = pattern.utf8[...]
        guard pattern.utf8.starts(with: "^[".utf8), let end = text.firstIndex(of: 0x5d) else {
            self = .other
            return
        }
        text = text.dropFirst(2)
        guard let (low, high) = Self.characters(Array(text[..<end])),
            let (least, most) = Self.repetition(
                String(decoding: text[text.index(after: end)...], as: UTF8.self))
        else {
            self = .other
            return
        }
        self = .characters(low: low, high: high, least: least, most: most)
    }

    /// A class of letters, digits, a few marks that mean themselves, and ranges of letters or
    /// digits; nil for anything that would need a second thought.
    private static func characters(_ text: [UInt8]) -> (UInt64, UInt64)? {
        func isWord(_ byte: UInt8) -> Bool {
            byte &- 0x30 < 10 || byte &- 0x41 < 26 || byte &- 0x61 < 26
        }
        var bits: (low: UInt64, high: UInt64) = (0, 0)
        var at = 0
        while at < text.count {
            let first = text[at]
            guard isWord(first) || "._:/".utf8.contains(first) else { return nil }
            var last = first
            if at + 1 < text.count, text[at + 1] == 0x2d {
                guard at + 2 < text.count, isWord(first), isWord(text[at + 2]),
                    text[at + 2] >= first
                else { return nil }
                last = text[at + 2]
                at += 2
            }
            for byte in first...last {
                if byte < 64 { bits.low |= 1 << byte } else { bits.high |= 1 << (byte - 64) }
            }
            at += 1
        }
        return text.isEmpty ? nil : bits
    }

    /// `+$`, `*$`, `{n}$` or `{n,m}$`.
    private static func repetition(_ text: String) -> (Int, Int)? {
        switch text {
        case "+$": return (1, .max)
        case "*$": return (0, .max)
        default: break
        }
        guard text.hasPrefix("{"), text.hasSuffix("}$") else { return nil }
        let counts = text.dropFirst().dropLast(2)
            .split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.utf8.allSatisfy { $0 &- 0x30 < 10 } ? Int($0) : nil }
        guard (1...2).contains(counts.count), let least = counts[0],
            let most = counts[counts.count - 1], least <= most
        else { return nil }
        return (least, most)
    }

    /// Whether the text has this shape; nil where that is PCRE2's to say.
    @inline(__always)
    func matches(_ text: ByteView) -> Bool? {
        switch self {
        case .other: return nil
        case .number: return Decimal(text) != nil
        case .characters(let low, let high, let least, let most):
            guard text.count >= least && text.count <= most else { return false }
            for byte in text {
                let bits = byte < 64 ? low : byte < 128 ? high : 0
                if bits >> UInt64(byte & 63) & 1 == 0 { return false }
            }
            return true
        }
    }
}
