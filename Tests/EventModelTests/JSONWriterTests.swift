// Strings are looked through eight bytes at a time: each byte at each place of such a word, and
// beyond it, must come out as if it had been looked at alone.

import EventModel
import Testing

@Suite struct JSONWriterTests {
    /// One byte as JSON has it.
    private func written(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case 0x22: Array(#"\""#.utf8)
        case 0x5c: Array(#"\\"#.utf8)
        case 0x08: Array(#"\b"#.utf8)
        case 0x09: Array(#"\t"#.utf8)
        case 0x0a: Array(#"\n"#.utf8)
        case 0x0c: Array(#"\f"#.utf8)
        case 0x0d: Array(#"\r"#.utf8)
        case ..<0x20: Array(#"\u00"#.utf8) + Array(hex(byte).utf8)
        default: [byte]
        }
    }

    private func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    @Test func `any byte at any place of a string is written by itself`() {
        for byte in UInt8.min ... .max {
            for count in 1...18 {
                for place in 0..<count {
                    var text = [UInt8](repeating: 0x61, count: count)
                    text[place] = byte
                    var writer = JSONWriter()
                    text.withUnsafeBytes { writer.string($0) }
                    #expect(writer.bytes == [0x22] + text.flatMap(written) + [0x22])
                }
            }
        }
    }

    @Test func `bytes that need an escape stand side by side`() {
        let text: [UInt8] = [
            0x22, 0x5c, 0x01, 0x22, 0x22, 0x0a, 0x7f, 0x80, 0xff, 0x1f, 0x20, 0x22,
        ]
        var writer = JSONWriter()
        text.withUnsafeBytes { writer.string($0) }
        #expect(writer.bytes == [0x22] + text.flatMap(written) + [0x22])
    }
}
