// A pattern that is matched by its shape matches what PCRE2 matches: short texts of telling
// characters, all of them, and long ones. And only patterns of exactly these shapes are.

import EventModel
import Testing

@testable import Contracts

@Suite struct PatternShapeTests {
    private static let telling = Array("0159-+.eE aAfFgzZ_\n\u{7f}".utf8) + [0xc3, 0xa4]

    /// Every text of up to three telling bytes that is UTF-8, and some longer ones.
    private static let texts: [[UInt8]] = {
        var texts: [[UInt8]] = [[]]
        var last = texts
        for _ in 0..<3 {
            last = last.flatMap { text in telling.map { text + [$0] } }
            texts += last
        }
        for count in [31, 32, 33, 63, 64, 65, 300] {
            for byte in "0afAgZ.".utf8 {
                texts.append(Array(repeating: byte, count: count))
                texts.append(Array(repeating: byte, count: count - 1) + [0x0a])
                texts.append(Array(repeating: byte, count: count - 1) + [0x2e])
            }
        }
        texts += [
            "-0.5e+10", "12.50", "1e9", "01", "1.", ".5", "1e", "1e+", "--1", "1.5.2", "1e5e5",
        ]
        .map { Array($0.utf8) }
        return texts.filter { String(validating: $0, as: UTF8.self) != nil }
    }()

    @Test(arguments: [
        PatternShape.numberPattern, "^[0-9a-fA-F]{64}$", "^[0-9a-f]{32}$", "^[a-z.]+$",
        "^[A-Za-z0-9._:/]*$", "^[0-9]{1,3}$", "^[aeE_]{0,2}$", "^[0]+$", "^[-a]+$", "^[a-]+$",
        "^[^0-9]+$", "^[\\d]+$", "[0-9]+$", "^[0-9]+", "^[0-9]{2,}$", "^[A-z]+$", "^[0-9]+?$",
        "^[0-9][a-f]$", "^[0-9]$", "^[0-9ä]+$",
    ])
    func `the shape says what PCRE2 says`(text: String) throws {
        let pattern = try Pattern(ecma: text)
        defer { pattern.free() }
        for bytes in Self.texts {
            bytes.withUnsafeBytes { bytes in
                let found = pattern.match(bytes)
                if found != pattern.matchGenerally(bytes) {
                    Issue.record("\(text) on \(Array(bytes))")
                }
            }
        }
    }

    @Test(arguments: [
        (PatternShape.numberPattern, true), ("^[0-9a-fA-F]{64}$", true), ("^[a-z.]+$", true),
        ("^[0-9]{1,3}$", true), ("^[^0-9]+$", false), ("^[-a]+$", false), ("[0-9]+$", false),
        ("^[0-9]{2,}$", false), ("^[0-9]+", false), ("^[\\d]+$", false), ("^[]+$", false),
        ("^[0-9]{3,1}$", false), ("^[a-z]+\\.[a-z-]+$", false),
    ])
    func `only these shapes are told apart`(text: String, isShape: Bool) {
        let matches = ByteView(start: nil, count: 0)
        #expect((PatternShape(text).matches(matches) != nil) == isShape)
    }
}
