// What the demo sends, and when.

import EventModel

/// One record of the demo's shift.
struct DemoStep {
    /// What must have been seen before it is sent: a decision about a hold that nobody has seen yet
    /// would be another story.
    enum Cue {
        case none
        /// The gate of this lot was told closed.
        case gateClosed(lot: String)
    }

    /// When it is sent, in plant time.
    var at: Instant
    var topic: Topic
    var key: String
    /// The value with `{{now}}` and `{{now+N}}` (seconds) where times are stamped on sending; other
    /// parts are as they stand in the data.
    var value: String
    /// Said when it is sent; nil for the ordinary.
    var note: String?
    var cue = Cue.none
    /// Sent before, and now again, byte for byte.
    var isResend = false

    /// The value with its times filled in.
    func stamped(at now: Instant) -> String {
        guard value.contains("{{now") else { return value }
        var result = ""
        var rest = Substring(value)
        while let range = rest.firstRange(of: "{{now") {
            result += rest[..<range.lowerBound]
            rest = rest[range.upperBound...]
            guard let close = rest.firstRange(of: "}}") else { break }
            let seconds = Int64(rest[..<close.lowerBound].drop { $0 == "+" }) ?? 0
            result += now.advanced(seconds: seconds).text
            rest = rest[close.upperBound...]
        }
        return result + rest
    }
}
