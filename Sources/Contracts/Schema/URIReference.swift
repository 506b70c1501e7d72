// Resolution of URI references, which `$ref` and `$id` need; only while schemas are compiled.

/// A URI reference as its components, to resolve (RFC 3986, section 5). For compiling schemas only.
struct URIReference {
    var scheme: String?
    var authority: String?
    var path: String
    var query: String?
    var fragment: String?

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let parts = bytes.withUnsafeBytes({ URIParts($0) }) else { return nil }
        func part(_ range: Range<Int>?) -> String? {
            range.map { String(decoding: bytes[$0], as: UTF8.self) }
        }
        scheme = part(parts.scheme)
        authority = part(parts.authority)
        path = part(parts.path) ?? ""
        query = part(parts.query)
        fragment = part(parts.fragment)
    }

    /// Without the fragment.
    var resource: String {
        var text = scheme.map { $0 + ":" } ?? ""
        if let authority { text += "//" + authority }
        text += path
        if let query { text += "?" + query }
        return text
    }

    func resolved(against base: URIReference) -> URIReference {
        var result = self
        if scheme != nil {
            result.path = Self.withoutDots(path)
            return result
        }
        result.scheme = base.scheme
        if authority != nil {
            result.path = Self.withoutDots(path)
            return result
        }
        result.authority = base.authority
        if path.isEmpty {
            result.path = base.path
            if query == nil { result.query = base.query }
        } else if path.hasPrefix("/") {
            result.path = Self.withoutDots(path)
        } else {
            let folder = base.path.lastIndex(of: "/").map { String(base.path[...$0]) }
            let root = base.authority != nil && base.path.isEmpty ? "/" : ""
            result.path = Self.withoutDots((folder ?? root) + path)
        }
        return result
    }

    private static func withoutDots(_ path: String) -> String {
        guard path.contains(".") else { return path }
        var kept: [Substring] = []
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            if segment == ".." {
                if kept.count > 1 || (kept.count == 1 && kept[0] != "") { kept.removeLast() }
                if isLast { kept.append("") }
            } else if segment == "." {
                if isLast { kept.append("") }
            } else {
                kept.append(segment)
            }
        }
        return kept.joined(separator: "/")
    }

    /// Percent-encoded octets as the characters they stand for; nil when they are none.
    static func decoded(_ text: String) -> String? {
        guard text.contains("%") else { return text }
        let bytes = Array(text.utf8)
        var plain: [UInt8] = []
        var at = 0
        while at < bytes.count {
            if bytes[at] == 0x25 {
                guard at + 2 < bytes.count,
                    let octet = UInt8(
                        String(decoding: bytes[(at + 1)...(at + 2)], as: UTF8.self), radix: 16)
                else { return nil }
                plain.append(octet)
                at += 3
            } else {
                plain.append(bytes[at])
                at += 1
            }
        }
        return String(validating: plain, as: UTF8.self)
    }
}
