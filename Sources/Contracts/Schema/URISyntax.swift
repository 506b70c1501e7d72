// The syntax of URI references (RFC 3986): what the formats `uri` and `uri-reference` ask for, and
// CloudEvents of `source`.

package import EventModel

/// The syntax of URIs, character by character; nothing is decoded.
package enum URISyntax {
    /// A URI with a scheme (section 3).
    package static func isURI(_ text: ByteView) -> Bool {
        guard let parts = URIParts(text), parts.scheme != nil else { return false }
        return isValid(parts, text)
    }

    /// A URI or a relative reference (section 4.1).
    package static func isReference(_ text: ByteView) -> Bool {
        guard let parts = URIParts(text) else { return false }
        return isValid(parts, text)
    }

    private static func isValid(_ parts: URIParts, _ text: ByteView) -> Bool {
        let path = text[parts.path]
        if let authority = parts.authority {
            guard isAuthority(ByteView(rebasing: text[authority])) else { return false }
        } else if parts.scheme == nil {
            // A first segment with a colon would read as a scheme (section 4.2).
            for byte in path {
                if byte == 0x2f { break }
                if byte == 0x3a { return false }
            }
        }
        return holds(path, ":@/") && holds(text[parts.query ?? 0..<0], ":@/?")
            && holds(text[parts.fragment ?? 0..<0], ":@/?")
    }

    private static func isAuthority(_ text: ByteView) -> Bool {
        var host = text[...]
        if let at = host.lastIndex(of: 0x40) {
            guard holds(host[..<at], ":") else { return false }
            host = host[(at + 1)...]
        }
        if host.first == 0x5b {
            guard let end = host.lastIndex(of: 0x5d) else { return false }
            let literal = ByteView(rebasing: host[(host.startIndex + 1)..<end])
            let port = host[(end + 1)...]
            guard port.isEmpty || (port.first == 0x3a && port.dropFirst().allSatisfy(isDigit))
            else { return false }
            return IPAddress.isV6(literal) || isFutureLiteral(literal)
        }
        if let colon = host.lastIndex(of: 0x3a) {
            guard host[(colon + 1)...].allSatisfy(isDigit) else { return false }
            host = host[..<colon]
        }
        return holds(host, "")
    }

    /// IPvFuture: "v" hex+ "." (unreserved / sub-delims / ":")+
    private static func isFutureLiteral(_ text: ByteView) -> Bool {
        guard text.count >= 4, text[0] | 0x20 == 0x76, let dot = text.firstIndex(of: 0x2e),
            dot > 1, dot + 1 < text.count
        else { return false }
        return text[1..<dot].allSatisfy(isHexadecimal) && holds(text[(dot + 1)...], ":")
            && !text[(dot + 1)...].contains(0x25)
    }

    /// Only unreserved characters, sub-delims, percent-encoded octets and those `also` allowed.
    private static func holds(_ text: Slice<ByteView>, _ also: StaticString) -> Bool {
        var at = text.startIndex
        while at < text.endIndex {
            let byte = text[at]
            if byte == 0x25 {
                guard at + 2 < text.endIndex, isHexadecimal(text[at + 1]),
                    isHexadecimal(text[at + 2])
                else { return false }
                at += 3
                continue
            }
            guard isPlain(byte) || contains(also, byte) else { return false }
            at += 1
        }
        return true
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) &- 0x61 < 26 || contains("-._~!$&'()*+,;=", byte)
    }

    private static func contains(_ set: StaticString, _ byte: UInt8) -> Bool {
        UnsafeBufferPointer(start: set.utf8Start, count: set.utf8CodeUnitCount).contains(byte)
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }
    static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20) &- 0x61 < 6
    }
}

/// Where the components of a reference stand (RFC 3986, appendix B), by offsets.
struct URIParts {
    var scheme: Range<Int>?
    var authority: Range<Int>?
    var path: Range<Int>
    var query: Range<Int>?
    var fragment: Range<Int>?

    /// Nil when what stands before the first colon could be no scheme and no path segment either.
    init?(_ bytes: ByteView) {
        var at = 0
        let mark = bytes.firstIndex { $0 == 0x3a || $0 == 0x2f || $0 == 0x3f || $0 == 0x23 }
        if let colon = mark, bytes[colon] == 0x3a {
            let name = bytes[..<colon]
            guard let first = name.first, (first | 0x20) &- 0x61 < 26,
                name.allSatisfy({
                    URISyntax.isDigit($0) || ($0 | 0x20) &- 0x61 < 26
                        || $0 == 0x2b || $0 == 0x2d || $0 == 0x2e
                })
            else { return nil }
            scheme = 0..<colon
            at = colon + 1
        }
        var end = bytes.count
        if let hash = bytes[at...].firstIndex(of: 0x23) {
            fragment = hash + 1..<end
            end = hash
        }
        if let mark = bytes[at..<end].firstIndex(of: 0x3f) {
            query = mark + 1..<end
            end = mark
        }
        if end - at >= 2, bytes[at] == 0x2f, bytes[at + 1] == 0x2f {
            let slash = bytes[(at + 2)..<end].firstIndex(of: 0x2f) ?? end
            authority = at + 2..<slash
            at = slash
        }
        path = at..<end
    }
}
