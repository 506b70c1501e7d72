// data_base64 (RFC 4648, section 4), read strictly: the standard alphabet, padded, no line breaks,
// no stray bits in the last digit. So equal data has one spelling only.

import EventModel

enum Base64 {
    /// Decodes into the buffer; false when the text is not strict base64.
    static func decode(_ text: ByteView, into buffer: inout ByteBuffer) -> Bool {
        guard text.count % 4 == 0 else { return false }
        let room = buffer.prepare(text.count / 4 * 3)
        var used = 0
        var at = 0
        while at < text.count {
            let isLast = at + 4 == text.count
            let padding = isLast && text[at + 3] == 0x3d ? (text[at + 2] == 0x3d ? 2 : 1) : 0
            var group: UInt32 = 0
            for index in 0..<4 {
                let digit = index >= 4 - padding ? 0 : value(text[at + index])
                if digit > 63 { return false }
                group = group << 6 | UInt32(digit)
            }
            if padding == 1 && group & 0xff != 0 || padding == 2 && group & 0xffff != 0 {
                return false
            }
            for index in 0..<(3 - padding) {
                room[used] = UInt8(truncatingIfNeeded: group >> (16 - 8 * UInt32(index)))
                used += 1
            }
            at += 4
        }
        buffer.use(used)
        return true
    }

    private static func value(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x41...0x5a: byte - 0x41
        case 0x61...0x7a: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case 0x2b: 62
        case 0x2f: 63
        default: 255
        }
    }
}
