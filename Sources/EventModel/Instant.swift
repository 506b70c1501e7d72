// Instants: what is compared. The text of a time is kept as written beside it, never re-rendered.

/// A point in time, in microseconds since 1970-01-01T00:00:00Z. Digits beyond the microsecond are
/// cut off, so two times that differ only there compare as equal.
package struct Instant: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
    /// From the log's and the clock's milliseconds, as near as the calendar has it.
    package init(milliseconds: Int64) {
        let least = Self.calendarStart.rawValue / 1000
        let greatest = Self.calendarEnd.rawValue / 1000
        rawValue = min(max(milliseconds, least), greatest) * 1000
    }
    /// Whole milliseconds since the epoch, rounded down.
    package var milliseconds: Int64 {
        rawValue >= 0 ? rawValue / 1000 : -((999 - rawValue) / 1000)
    }
    package static func < (left: Instant, right: Instant) -> Bool { left.rawValue < right.rawValue }
    package static let distantPast = Instant(rawValue: .min / 4)

    /// The first and the last instant that RFC 3339 can write in UTC. No instant from outside lies
    /// beyond them: one that did (9999-12-31T23:59:59-01:00, an append time of 2^62) would be
    /// written into state as a text that nobody can read back.
    package static let calendarStart = Instant(rawValue: -62_167_219_200_000_000)
    package static let calendarEnd = Instant(rawValue: 253_402_300_799_999_999)

    /// This instant moved by seconds (may be negative), at most to the end of what can be counted.
    package func advanced(seconds: Int64) -> Instant {
        let (micros, isTooFar) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (moved, isBeyond) = rawValue.addingReportingOverflow(micros)
        guard isTooFar || isBeyond else { return Instant(rawValue: moved) }
        return Instant(rawValue: seconds < 0 ? .min : .max)
    }

    /// RFC 3339 in UTC with milliseconds: `2026-01-05T06:00:00.000Z`.
    package var text: String {
        let total = milliseconds
        let days = total >= 0 ? total / 86_400_000 : -((86_399_999 - total) / 86_400_000)
        let rest = total - days * 86_400_000
        let (year, month, day) = Calendar1970.date(ofDay: days)
        if year >= 0, year <= 9999 { return Self.text(year, month, day, rest) }
        func pad(_ value: Int64, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T"
            + "\(pad(rest / 3_600_000, 2)):\(pad(rest / 60_000 % 60, 2)):"
            + "\(pad(rest / 1000 % 60, 2)).\(pad(rest % 1000, 3))Z"
    }

    /// The same for the years people live in, digit by digit: every row and effect carries
    /// instants.
    private static func text(
        _ year: Int64, _ month: Int64, _ day: Int64, _ millisecondOfDay: Int64
    ) -> String {
        let count = 24
        return String(unsafeUninitializedCapacity: count) { out in
            var at = 0
            func put(_ value: Int64, _ width: Int, _ after: StaticString) {
                var value = value
                for place in (at..<at + width).reversed() {
                    out[place] = 0x30 + UInt8(value % 10)
                    value /= 10
                }
                out[at + width] = after.utf8Start.pointee
                at += width + 1
            }
            put(year, 4, "-")
            put(month, 2, "-")
            put(day, 2, "T")
            put(millisecondOfDay / 3_600_000, 2, ":")
            put(millisecondOfDay / 60_000 % 60, 2, ":")
            put(millisecondOfDay / 1000 % 60, 2, ".")
            put(millisecondOfDay % 1000, 3, "Z")
            return count
        }
    }
}

/// The proleptic Gregorian calendar, without a library: days since 1970-01-01 <-> year, month, day
/// (Howard Hinnant's algorithms).
package enum Calendar1970 {
    package static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    package static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let z = day + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let mp = (5 * dayOfYear + 2) / 153
        let month = mp < 10 ? mp + 3 : mp - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * mp + 2) / 5 + 1
        )
    }

    package static func daysIn(month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
