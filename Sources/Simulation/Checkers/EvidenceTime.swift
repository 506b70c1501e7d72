// RFC 3339 times as microseconds since 1970, read by the checkers themselves.

enum EvidenceTime {
    /// Nil when the text is no date-time. Digits beyond the microsecond are cut off.
    static func instant(_ text: String) -> Int64? {
        var text = text
        return text.withUTF8 { instant($0) }
    }

    private static func instant(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var at = 0
        func number(_ digits: Int) -> Int64? {
            guard at + digits <= text.count else { return nil }
            var value: Int64 = 0
            for index in at..<at + digits {
                guard text[index] >= 48, text[index] <= 57 else { return nil }
                value = value * 10 + Int64(text[index]) - 48
            }
            at += digits
            return value
        }
        func take(_ allowed: String) -> UInt8? {
            guard at < text.count, allowed.utf8.contains(text[at]) else { return nil }
            at += 1
            return text[at - 1]
        }
        guard let year = number(4), take("-") != nil, let month = number(2), take("-") != nil,
            let day = number(2), take("Tt") != nil, let hour = number(2), take(":") != nil,
            let minute = number(2), take(":") != nil, var second = number(2)
        else { return nil }
        var micros: Int64 = 0
        if take(".") != nil {
            var weight: Int64 = 100_000
            let start = at
            while let digit = number(1) {
                micros += digit * weight
                weight /= 10
            }
            if at == start { return nil }
        }
        var minutes = hour * 60 + minute
        if let sign = take("+-") {
            guard let hours = number(2), take(":") != nil, let rest = number(2), hours < 24,
                rest < 60
            else { return nil }
            minutes -= (sign == UInt8(ascii: "+") ? 1 : -1) * (hours * 60 + rest)
        } else if take("Zz") == nil {
            return nil
        }
        guard at == text.count, (1...12).contains(month), hour < 24, minute < 60, second <= 60,
            day >= 1, day <= days(in: month, of: year)
        else { return nil }
        if second == 60 {
            // A leap second is the last microsecond of its day.
            guard (minutes % 1_440 + 1_440) % 1_440 == 1_439 else { return nil }
            second = 59
            micros = 999_999
        }
        let whole = dayNumber(year, month, day) * 86_400 + minutes * 60 + second
        return whole * 1_000_000 + micros
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month) - 1]
    }

    /// Days since 1970-01-01, by counting years, months and leap days.
    private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let before = year - 1
        // Year 0 is a leap year of the proleptic calendar, and `before` is -1 then.
        let leaps =
            year > 0 ? before / 4 - before / 100 + before / 400 + 1 : 0
        var total = year * 365 + leaps
        for earlier in 1..<month { total += days(in: earlier, of: year) }
        return total + day - 1 - 719_528
    }
}
