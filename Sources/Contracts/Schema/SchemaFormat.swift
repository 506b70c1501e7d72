// The formats that are asserted. Others are refused when a schema compiles, because a format that
// is written and not checked promises what nobody keeps.

import EventModel

/// A supported value of the keyword `format`.
enum SchemaFormat: String, CaseIterable {
    case dateTime = "date-time"
    case date
    case time
    case uri
    case uriReference = "uri-reference"
    case email
    case uuid
    case regex
    case ipv4
    case ipv6

    var violationMessage: StaticString {
        switch self {
        case .dateTime: "is no RFC 3339 date-time"
        case .date: "is no RFC 3339 full-date"
        case .time: "is no RFC 3339 full-time"
        case .uri: "is no RFC 3986 URI"
        case .uriReference: "is no RFC 3986 URI reference"
        case .email: "is no RFC 5321 mailbox"
        case .uuid: "is no RFC 4122 UUID"
        case .regex: "is no ECMA-262 regular expression"
        case .ipv4: "is no IPv4 address"
        case .ipv6: "is no IPv6 address"
        }
    }

    func isMet(by text: ByteView) -> Bool {
        switch self {
        case .dateTime: Instant(rfc3339: text) != nil
        case .date: Self.isTime("", text, "T00:00:00Z")
        case .time: Self.isTime("1972-06-30T", text, "")
        case .uri: URISyntax.isURI(text)
        case .uriReference: URISyntax.isReference(text)
        case .email: Mailbox.isValid(text)
        case .uuid: Self.isUUID(text)
        case .regex: PatternTranslator.isPattern(text.text)
        case .ipv4: IPAddress.isV4(text)
        case .ipv6: IPAddress.isV6(text)
        }
    }

    /// A part of a date-time is one when it completes another part to a whole.
    private static func isTime(
        _ before: StaticString, _ text: ByteView, _ after: StaticString
    ) -> Bool {
        // The longest sensible time has a fraction of some digits; longer ones are no times.
        guard text.count <= 64, after.utf8CodeUnitCount == 0 || text.count == 10 else {
            return false
        }
        let count = before.utf8CodeUnitCount + text.count + after.utf8CodeUnitCount
        return withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { whole in
            var at = 0
            func add(_ part: ByteView) {
                UnsafeMutableRawBufferPointer(rebasing: whole[at..<(at + part.count)])
                    .copyBytes(from: part)
                at += part.count
            }
            add(ByteView(start: before.utf8Start, count: before.utf8CodeUnitCount))
            add(text)
            add(ByteView(start: after.utf8Start, count: after.utf8CodeUnitCount))
            return Instant(rfc3339: ByteView(whole)) != nil
        }
    }

    private static func isUUID(_ text: ByteView) -> Bool {
        guard text.count == 36 else { return false }
        for index in 0..<36 {
            switch index {
            case 8, 13, 18, 23: if text[index] != 0x2d { return false }
            default: if !URISyntax.isHexadecimal(text[index]) { return false }
            }
        }
        return true
    }
}
