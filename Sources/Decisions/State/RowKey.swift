// Keys of state rows and of root causes: parts joined by slashes, so parts are percent-encoded.

import EventModel

/// Builds keys out of parts that may hold anything.
enum RowKey {
    /// RFC 3986: unreserved characters stay, every other byte becomes %XX in upper case.
    static func encode(_ part: String) -> String {
        var part = part
        let reserved = part.withUTF8 { $0.reduce(0) { isUnreserved($1) ? $0 : $0 + 1 } }
        guard reserved > 0 else { return part }
        return part.withUTF8 { bytes in
            String(unsafeUninitializedCapacity: bytes.count + 2 * reserved) { out in
                var at = 0
                for byte in bytes {
                    if isUnreserved(byte) {
                        out[at] = byte
                        at += 1
                    } else {
                        out[at] = 0x25
                        out[at + 1] = digit(byte >> 4)
                        out[at + 2] = digit(byte & 15)
                        at += 3
                    }
                }
                return at
            }
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5a, 0x61...0x7a, 0x30...0x39, 0x2d, 0x2e, 0x5f, 0x7e: true
        default: false
        }
    }

    private static func digit(_ half: UInt8) -> UInt8 { half < 10 ? 0x30 + half : 0x37 + half }

    static func lot(_ id: String) -> String { "lot/\(encode(id))" }

    static func hold(_ subject: Subject, _ holdId: String) -> String {
        "hold/\(encode(subject.type))/\(encode(subject.id))/\(encode(holdId))"
    }

    static func timer(_ due: Instant, _ offset: Int64) -> String {
        "timer/\(due.exactText)/\(offset)"
    }

    static func change(_ id: String) -> String { "change/\(encode(id))" }

    static func group(_ rootCauseKey: String, _ number: Int64) -> String {
        "group/\(encode(rootCauseKey))/\(number)"
    }

    static func member(_ group: Int64, _ number: Int) -> String { "member/\(group)/\(number)" }

    static func affected(_ group: Int64, _ lot: String) -> String {
        "affected/\(group)/\(encode(lot))"
    }
}

extension Instant {
    /// As `text`, with six digits where three would lose something: a restored state must compare
    /// instants exactly as the one that wrote them.
    var exactText: String {
        let rest = rawValue - milliseconds * 1000
        if rest == 0 { return text }
        let digits = String(rest)
        return "\(text.dropLast())\(String(repeating: "0", count: 3 - digits.count))\(digits)Z"
    }
}
