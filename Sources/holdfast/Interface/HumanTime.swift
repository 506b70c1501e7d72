// Times as people read them: UTC to the second, and how long ago.

package import EventModel

/// Renders times for people. Programs get RFC 3339 instead (`Instant.text`).
package enum HumanTime {
    /// `2026-01-05 06:00:00 UTC`.
    package static func text(_ instant: Instant) -> String {
        let text = instant.text
        guard let dot = text.lastIndex(of: ".") else { return text }
        return text[..<dot].replacing("T", with: " ") + " UTC"
    }

    /// `3 h 12 min`, `45 s`, `2 days 4 h`: the two largest units of a span that is not negative.
    package static func span(milliseconds: Int64) -> String {
        let seconds = max(0, milliseconds / 1_000)
        let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24)
        let (minutes, rest) = (seconds / 60 % 60, seconds % 60)
        if days > 0 {
            let unit = days == 1 ? "day" : "days"
            return "\(days) \(unit)" + (hours > 0 ? " \(hours) h" : "")
        }
        if hours > 0 { return "\(hours) h" + (minutes > 0 ? " \(minutes) min" : "") }
        if minutes > 0 { return "\(minutes) min" + (rest > 0 ? " \(rest) s" : "") }
        return "\(rest) s"
    }

    /// `3 h 12 min ago`, `just now`, `in 5 min`.
    package static func ago(_ instant: Instant, now: Instant) -> String {
        let difference = now.milliseconds - instant.milliseconds
        if abs(difference) < 1_000 { return "just now" }
        return difference > 0
            ? "\(span(milliseconds: difference)) ago" : "in \(span(milliseconds: -difference))"
    }
}
