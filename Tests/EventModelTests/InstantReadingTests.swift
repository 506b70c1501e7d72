// Times are read by words. Here the same rules are written out character by character, and both
// must say the same of good times, of all times with one byte changed, and of mutations by seed.

import EventModel
import Testing

/// RFC 3339 the long way. Nil where there is no instant.
private func slowly(_ text: [UInt8]) -> Int64? {
    var at = 0
    func number(_ width: Int) -> Int64? {
        guard at + width <= text.count else { return nil }
        var value: Int64 = 0
        for byte in text[at..<at + width] {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        at += width
        return value
    }
    func skip(_ letters: String) -> Bool {
        guard at < text.count, letters.utf8.contains(text[at]) else { return false }
        at += 1
        return true
    }
    guard let year = number(4), skip("-"), let month = number(2), skip("-"),
        let day = number(2), skip("Tt"), let hour = number(2), skip(":"),
        let minute = number(2), skip(":"), let second = number(2), (1...12).contains(month),
        day >= 1, day <= Calendar1970.daysIn(month: month, year: year), hour < 24, minute < 60,
        second <= 60
    else { return nil }
    var digits: [UInt8] = []
    if skip(".") {
        while at < text.count, (48...57).contains(text[at]) {
            digits.append(text[at])
            at += 1
        }
        if digits.isEmpty { return nil }
    }
    digits = Array((digits + Array(repeating: 48, count: 6)).prefix(6))
    var micros = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
    var east: Int64 = 0
    if !skip("Zz") {
        let isWest = at < text.count && text[at] == 45
        guard skip("+-"), let hours = number(2), skip(":"), let minutes = number(2), hours < 24,
            minutes < 60
        else { return nil }
        east = (hours * 60 + minutes) * (isWest ? -1 : 1)
    }
    guard at == text.count else { return nil }
    let minutes = Calendar1970.day(year: year, month: month, day: day) * 1440 + hour * 60 + minute
    if second == 60 {
        guard (minutes - east + 1) % 1440 == 0 else { return nil }
        micros = 999_999
    }
    return ((minutes - east) * 60 + min(second, 59)) * 1_000_000 + micros
}

private func quickly(_ text: [UInt8]) -> Int64? {
    // Exactly as large as it is, so that a sanitiser sees a read beyond it.
    let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
    defer { exact.deallocate() }
    exact.copyBytes(from: text)
    return Instant(rfc3339: UnsafeRawBufferPointer(exact))?.rawValue
}

@Suite struct InstantReadingTests {
    private static let good = [
        "2026-01-05T06:00:00Z", "2026-01-05t06:00:00z", "2026-01-05T06:00:00.2Z",
        "2026-01-05T06:00:00.123456789Z", "2026-01-05T06:00:00+05:30",
        "2026-01-05T06:00:00.000001-23:59", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z",
        "2024-02-29T12:34:56Z", "2000-02-29T00:00:00Z", "1969-12-31T23:59:59.5Z",
        "2016-12-31T23:59:60Z", "2017-01-01T00:59:60+01:00", "2016-12-31T23:59:60.5Z",
    ]

    @Test(arguments: good) func `a good time is read`(text: String) {
        #expect(quickly(Array(text.utf8)) != nil)
        #expect(quickly(Array(text.utf8)) == slowly(Array(text.utf8)))
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-01-05T06:12:31.250+01:00", 1_767_589_951_250_000),
        ("1969-12-31T23:59:59.999999Z", -1),
    ])
    func `it is the right instant`(text: String, micros: Int64) {
        #expect(Instant(rfc3339: text)?.rawValue == micros)
    }

    @Test(arguments: [
        "", "Z", "2026-01-05", "2026-01-05T06:00:00", "2026-01-05T06:00Z", "2026-01-05 06:00:00Z",
        "2026-02-29T06:00:00Z", "1900-02-29T06:00:00Z", "2026-00-05T06:00:00Z",
        "2026-13-05T06:00:00Z", "2026-01-00T06:00:00Z", "2026-04-31T06:00:00Z",
        "2026-01-05T24:00:00Z", "2026-01-05T06:60:00Z", "2026-01-05T06:00:61Z",
        "2026-01-05T06:00:60Z", "2026-01-05T06:00:00.Z", "2026-01-05T06:00:00+0530",
        "2026-01-05T06:00:00+24:00", "2026-01-05T06:00:00+05:60", "2026-01-05T06:00:00ZZ",
        "2026-01-05T06:00:00+05:300", "2026-01-05T06:00:00.1",
    ])
    func `what is no time is none`(text: String) {
        #expect(quickly(Array(text.utf8)) == nil)
        #expect(slowly(Array(text.utf8)) == nil)
    }

    @Test(arguments: good) func `any byte may be any other, missing or doubled`(text: String) {
        let text = Array(text.utf8)
        for at in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[at] = byte
                #expect(quickly(changed) == slowly(changed), "\(changed)")
            }
            var shorter = text
            shorter.remove(at: at)
            #expect(quickly(shorter) == slowly(shorter), "\(shorter)")
            var longer = text
            longer.insert(text[at], at: at)
            #expect(quickly(longer) == slowly(longer), "\(longer)")
            #expect(quickly(Array(text[..<at])) == slowly(Array(text[..<at])))
        }
    }

    @Test func `two neighbours may carry into one another`() {
        let text = Array("2026-01-05T06:00:00Z".utf8)
        let telling: [UInt8] = [0, 0x2f, 0x30, 0x39, 0x3a, 0x7f, 0x80, 0x89, 0x8a, 0xb0, 0xff]
        for at in 0..<text.count - 1 {
            for one in telling {
                for two in telling {
                    var changed = text
                    changed[at] = one
                    changed[at + 1] = two
                    #expect(quickly(changed) == slowly(changed), "\(changed)")
                }
            }
        }
    }

    @Test func `every day of 800 years is the day after the one before`() {
        var before = quickly(Array("1599-12-31T00:00:00Z".utf8))!
        for year in 1600..<2400 {
            for month in 1...12 {
                for day in 1...Calendar1970.daysIn(month: Int64(month), year: Int64(year)) {
                    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
                    let text = "\(year)-\(two(month))-\(two(Int(day)))T00:00:00Z"
                    let now = quickly(Array(text.utf8)) ?? 0
                    if now - before != 86_400_000_000 { Issue.record("\(text)") }
                    before = now
                }
            }
        }
    }
}
