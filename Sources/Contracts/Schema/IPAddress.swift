// The syntax of IP addresses (RFC 3986, section 3.2.2), as hosts of URIs and domains of mailboxes
// write them.

import EventModel

enum IPAddress {
    /// Four numbers of 0 to 255 without leading zeros.
    static func isV4(_ text: ByteView) -> Bool {
        var at = 0
        for part in 0..<4 {
            if part > 0 {
                guard at < text.count, text[at] == 0x2e else { return false }
                at += 1
            }
            let start = at
            var value = 0
            while at < text.count, text[at] &- 48 < 10, at - start < 3 {
                value = value * 10 + Int(text[at] - 48)
                at += 1
            }
            guard at > start, value <= 255, at - start == 1 || text[start] != 48 else {
                return false
            }
        }
        return at == text.count
    }

    /// Eight groups of up to four hexadecimal digits, one run of them possibly as `::`, the
    /// last two possibly as an IPv4 address.
    static func isV6(_ text: ByteView) -> Bool {
        var at = 0
        var groups = 0
        var hasGap = false
        if text.count >= 2, text[0] == 0x3a, text[1] == 0x3a {
            hasGap = true
            at = 2
            if at == text.count { return true }
        }
        while at < text.count {
            let start = at
            while at < text.count, URISyntax.isHexadecimal(text[at]), at - start < 4 { at += 1 }
            if at < text.count, text[at] == 0x2e {
                groups += 2
                guard isV4(ByteView(rebasing: text[start...])) else { return false }
                return hasGap ? groups <= 7 : groups == 8
            }
            guard at > start else { return false }
            groups += 1
            if at == text.count { break }
            guard text[at] == 0x3a else { return false }
            at += 1
            guard at < text.count else { return false }
            if text[at] == 0x3a {
                if hasGap { return false }
                hasGap = true
                at += 1
            }
        }
        return hasGap ? groups <= 7 : groups == 8
    }
}
