// What the demo sends, and when.

import EventModel

/// One record of the demo's shift.
struct DemoStep {
    /// When it is sent, in plant time.
    var at: Instant
    var topic: Topic
    var key: String
    /// The value with `{{now}}` and `{{now+N}}` (seconds) where times are stamped on sending; nil parts
    /// are as they stand in the data.
    var value: String
    /// Said when it is sent; nil for the ordinary.
    var note: String?

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
