// What an hour had that was not told line by line.

/// Counts between two lines of the hour.
struct DemoHour: Equatable {
    var furtherHolds = 0
    var deviations = 0
    var alerts = 0
    var suppressed = 0

    /// `12 other deviations, 23 other alerts, 41 alerts suppressed`; nil when nothing was left
    /// untold.
    var text: String? {
        var parts: [String] = []
        if furtherHolds > 0 {
            parts.append("\(DemoCounts.some(furtherHolds, "more hold")) on lots already held")
        }
        if deviations > 0 { parts.append(DemoCounts.some(deviations, "other deviation")) }
        if alerts > 0 { parts.append(DemoCounts.some(alerts, "other alert")) }
        if suppressed > 0 { parts.append("\(DemoCounts.some(suppressed, "alert")) suppressed") }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }
}
