// Reading times: RFC 3339 with an offset. The part that all of them share, date and time of day,
// has fixed places, so it is read as words of eight digits and separators at once.

extension Instant {
    /// An RFC 3339 date-time with an offset ("Z" or ±hh:mm; upper or lower case T and Z; a leap
    /// second only as 23:59:60 UTC, read as the last microsecond before the next minute; what its
    /// offset puts before 0000 or after 9999 is the nearest instant of those years). Nil if it is
    /// not one.
    package init?(rfc3339 text: UnsafeRawBufferPointer) {
        // 2026-01-05T06:00:00 and at least a Z.
        guard text.count >= 20, let fields = Fields(text) else { return nil }
        guard (1...12).contains(fields.month), fields.day >= 1,
            fields.day <= Calendar1970.daysIn(month: fields.month, year: fields.year),
            fields.hour <= 23, fields.minute <= 59, fields.second <= 60
        else { return nil }
        var at = 19
        guard var micros = Self.fraction(text, &at),
            let offsetMinutes = Self.offset(text, &at), at == text.count
        else { return nil }
        let minuteOfDay = fields.hour * 60 + fields.minute - offsetMinutes
        if fields.second == 60 {
            guard (minuteOfDay % 1440 + 1440) % 1440 == 1439 else { return nil }
            micros = 999_999
        }
        let days = Calendar1970.day(year: fields.year, month: fields.month, day: fields.day)
        let seconds = days * 86_400 + minuteOfDay * 60 + min(fields.second, 59)
        // An offset may lead out of the calendar's years at either end.
        let raw = seconds * 1_000_000 + micros
        self.init(
            rawValue: min(max(raw, Self.calendarStart.rawValue), Self.calendarEnd.rawValue))
    }

    /// The same, for text in hand.
    package init?(rfc3339 text: String) {
        var text = text
        guard let value = text.withUTF8({ Instant(rfc3339: UnsafeRawBufferPointer($0)) }) else {
            return nil
        }
        self = value
    }

    /// The fraction at `at`, in microseconds: 0 when there is none, nil when it has no digit.
    @inline(__always)
    private static func fraction(_ text: UnsafeRawBufferPointer, _ at: inout Int) -> Int64? {
        guard text[at] == 0x2e else { return 0 }
        at += 1
        var micros: Int64 = 0
        var digits = 0
        while at < text.count, text[at] &- 48 < 10 {
            if digits < 6 { micros = micros * 10 + Int64(text[at] - 48) }
            digits += 1
            at += 1
        }
        guard digits > 0 else { return nil }
        while digits < 6 {
            micros *= 10
            digits += 1
        }
        return micros
    }

    /// The offset at `at`, in minutes east of UTC.
    @inline(__always)
    private static func offset(_ text: UnsafeRawBufferPointer, _ at: inout Int) -> Int64? {
        guard at < text.count else { return nil }
        let mark = text[at]
        at += 1
        if mark | 0x20 == 0x7a { return 0 }
        guard mark == 0x2b || mark == 0x2d, at + 5 == text.count, text[at + 2] == 0x3a,
            let hours = pair(text[at], text[at + 1]), hours <= 23,
            let minutes = pair(text[at + 3], text[at + 4]), minutes <= 59
        else { return nil }
        at += 5
        return (mark == 0x2b ? 1 : -1) * (hours * 60 + minutes)
    }

    @inline(__always)
    private static func pair(_ tens: UInt8, _ ones: UInt8) -> Int64? {
        let (tens, ones) = (tens &- 48, ones &- 48)
        return tens < 10 && ones < 10 ? Int64(tens) * 10 + Int64(ones) : nil
    }

    /// Date and time of day, as written.
    private struct Fields {
        var year, month, day, hour, minute, second: Int64

        /// Of the first 19 bytes; nil when they are not `dddd-dd-ddTdd:dd:dd`.
        @inline(__always)
        init?(_ text: UnsafeRawBufferPointer) {
            // As little-endian words: "2026-01-", "05T06:00", ":00". Digits become 0 to 9,
            // separators 0; anything else shows in a high bit.
            let date = word(text, 0) ^ 0x2d30_302d_3030_3030
            // Bit 5 of the T is case.
            let time = (word(text, 8) | 0x0000_0000_0020_0000) ^ 0x3030_3a30_3074_3030
            guard isClean(date, 0x7f76_767f_7676_7676), isClean(time, 0x7676_7f76_767f_7676),
                text[16] == 0x3a, let second = pair(text[17], text[18])
            else { return nil }
            func digit(_ word: UInt64, _ at: UInt64) -> Int64 { Int64(word >> (at * 8) & 15) }
            year =
                digit(date, 0) * 1000 + digit(date, 1) * 100 + digit(date, 2) * 10
                + digit(date, 3)
            month = digit(date, 5) * 10 + digit(date, 6)
            day = digit(time, 0) * 10 + digit(time, 1)
            hour = digit(time, 3) * 10 + digit(time, 4)
            minute = digit(time, 6) * 10 + digit(time, 7)
            self.second = second
        }
    }

    @inline(__always)
    private static func word(_ text: UnsafeRawBufferPointer, _ at: Int) -> UInt64 {
        UInt64(littleEndian: text.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }

    /// Whether no byte of the word, plus its byte of `limits`, reaches 0x80. What carries into a
    /// neighbour was above 0x7f itself, and is found in the word.
    @inline(__always)
    private static func isClean(_ word: UInt64, _ limits: UInt64) -> Bool {
        ((word &+ limits) | word) & 0x8080_8080_8080_8080 == 0
    }
}
