// The format `email`: mailboxes as SMTP writes them.

import EventModel

/// Mailboxes (RFC 5321, section 4.1.2): local-part "@" ( domain / address-literal ), in ASCII.
enum Mailbox {
    static func isValid(_ text: ByteView) -> Bool {
        guard let at = text.lastIndex(of: 0x40) else { return false }
        return isLocalPart(ByteView(rebasing: text[..<at]))
            && isDomain(ByteView(rebasing: text[(at + 1)...]))
    }

    private static func isLocalPart(_ text: ByteView) -> Bool {
        guard let first = text.first, let last = text.last else { return false }
        if first == 0x22 {
            guard text.count >= 2, last == 0x22 else { return false }
            var isEscaped = false
            for byte in text.dropFirst().dropLast() {
                guard byte >= 0x20, byte < 0x7f, isEscaped || byte != 0x22 else { return false }
                isEscaped = !isEscaped && byte == 0x5c
            }
            return !isEscaped
        }
        var previous: UInt8 = 0x2e
        for byte in text {
            if byte == 0x2e {
                if previous == 0x2e { return false }
            } else if !isAtomText(byte) {
                return false
            }
            previous = byte
        }
        return last != 0x2e
    }

    private static func isAtomText(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        byte &- 48 < 10 || (byte | 0x20) &- 0x61 < 26
    }

    private static func isDomain(_ text: ByteView) -> Bool {
        guard let first = text.first else { return false }
        if first == 0x5b {
            guard text.last == 0x5d, text.count > 2 else { return false }
            let literal = ByteView(rebasing: text[1..<(text.count - 1)])
            if literal.count > 5, ByteView(rebasing: literal[..<5]).isSame(as: "IPv6:") {
                return IPAddress.isV6(ByteView(rebasing: literal[5...]))
            }
            return IPAddress.isV4(literal)
        }
        // Labels of letters, digits and inner hyphens, none of them empty.
        var previous: UInt8 = 0x2e
        for byte in text {
            if byte == 0x2e {
                guard isLetterOrDigit(previous) else { return false }
            } else if byte == 0x2d {
                guard previous != 0x2e else { return false }
            } else if !isLetterOrDigit(byte) {
                return false
            }
            previous = byte
        }
        return isLetterOrDigit(previous)
    }
}
