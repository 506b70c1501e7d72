// What the demo's summary counts; all of it is read from the outbound topics, as any consumer
// could.

/// Numbers of a shift.
struct DemoCounts: Equatable {
    var records = 0
    var holds = 0
    var releases = 0
    var refusedReleases = 0
    var gatesClosed = 0
    var gatesOpened = 0
    var deviations = 0
    var members = 0
    var alertsRaised = 0
    var alertsSuppressed = 0
    var changes = 0
    var dispositionsRefused = 0
    var dispositions = 0
    var deadLetters = 0
    var duplicates = 0
}

extension DemoCounts {
    /// The summary's rows: a name for programs, words for people, what to print.
    var rows: [(name: StaticString, words: String, text: String)] {
        [
            ("records", "records read", "\(records)"),
            (
                "holds", "held",
                "\(Self.some(holds, "hold")), \(Self.some(gatesClosed, "gate")) closed"
            ),
            (
                "releases", "released",
                "\(Self.some(releases, "hold")), \(Self.some(gatesOpened, "gate")) opened again; "
                    + "\(refusedReleases) refused"
            ),
            (
                "deviations", "root causes",
                "\(Self.some(deviations, "deviation")) for \(Self.some(members, "failure"))"
            ),
            (
                "alerts", "people disturbed",
                "\(alertsRaised) alerts, \(alertsSuppressed) suppressed"
            ),
            ("changes", "changes", "\(changes) effective at its instant"),
            (
                "dispositions", "dispositions",
                "\(dispositions) recorded, \(dispositionsRefused) refused"
            ),
            ("duplicates", "duplicates", "\(duplicates) dropped"),
            ("deadLetters", "dead letters", "\(deadLetters), kept whole with the reason"),
        ]
    }

    /// `1 hold`, `2 holds`.
    static func some(_ count: Int, _ word: String) -> String {
        count == 1 ? "1 \(word)" : "\(count) \(word)s"
    }
}
