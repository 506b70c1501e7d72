// Whether a text is a URI-reference (RFC 3986, 4.1), as `source` must be. Not the whole grammar of
// hosts: characters, escapes, scheme, fragment and brackets.

import EventModel

enum URIReference {
    static func isValid(_ text: ByteView) -> Bool {
        var at = 0
        var isInFirstSegment = true
        var hasFragment = false
        var brackets = 0
        while at < text.count {
            let byte = text[at]
            switch byte {
            case 0x25:  // %
                guard at + 2 < text.count, isHex(text[at + 1]), isHex(text[at + 2]) else {
                    return false
                }
                at += 2
            case 0x23:  // #
                if hasFragment { return false }
                hasFragment = true
                isInFirstSegment = false
            case 0x3a:  // : ends a scheme, or stands anywhere after the first segment
                if isInFirstSegment && !isScheme(ByteView(rebasing: text[..<at])) { return false }
                isInFirstSegment = false
            case 0x2f, 0x3f: isInFirstSegment = false  // / ?
            case 0x5b, 0x5d:  // [ ] only around an IP literal of an authority
                brackets += 1
                if brackets > 2 || !hasAuthority(text, before: at) { return false }
            default:
                guard isPlain(byte) else { return false }
            }
            at += 1
        }
        return brackets != 1
    }

    /// Unreserved, sub-delims and @; the other gen-delims have their own rules.
    private static func isPlain(_ byte: UInt8) -> Bool {
        if (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 { return true }
        switch byte {
        case 0x2d, 0x2e, 0x5f, 0x7e: return true  // - . _ ~
        case 0x21, 0x24, 0x26...0x2c, 0x3b, 0x3d, 0x40: return true  // ! $ & ' ( ) * + , ; = @
        default: return false
        }
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
    }

    private static func isScheme(_ text: ByteView) -> Bool {
        guard let first = text.first, (first | 0x20) &- 0x61 < 26 else { return false }
        return text.allSatisfy {
            ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2b || $0 == 0x2d || $0 == 0x2e
        }
    }

    private static func hasAuthority(_ text: ByteView, before end: Int) -> Bool {
        var slashes = 0
        for byte in text[..<end] {
            if byte == 0x2f { slashes += 1 }
            if byte == 0x3f || byte == 0x23 || slashes > 2 { return false }
        }
        return slashes == 2
    }
}
