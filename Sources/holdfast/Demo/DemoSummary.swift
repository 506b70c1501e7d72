// What the demo says at its end: a table, and three commands to try next.

import Configuration
import EventModel

/// The demo's last lines.
struct DemoSummary {
    let narrator: DemoNarrator
    let script: DemoScript
    let call: Invocation

    func print() {
        let terminal = call.terminal
        let counts = narrator.counts
        terminal.line()
        terminal.line(terminal.styled("What happened", .bold))
        let rows = [
            ["records read", "\(counts.records)"],
            ["lots and equipment held", "\(counts.holds) holds, \(counts.gatesClosed) gates closed"],
            ["released", "\(counts.releases) holds, \(counts.gatesOpened) gates opened again"],
            [
                "root causes",
                "\(counts.deviations) deviations for \(counts.members) failures",
            ],
            [
                "people disturbed",
                "\(counts.alertsRaised) alerts raised, \(counts.alertsSuppressed) suppressed",
            ],
            ["changes made effective", "\(counts.changes)"],
            [
                "dispositions",
                "\(counts.dispositions) recorded, \(counts.dispositionsRefused) refused",
            ],
            ["duplicates dropped", "\(counts.duplicates)"],
            ["records refused", "\(counts.deadLetters), kept whole as dead letters"],
        ]
        for line in Table.lines(head: ["", ""], rows: rows).dropFirst() {
            terminal.line("  " + line)
        }
        terminal.line()
        terminal.line(terminal.styled("Try next", .bold))
        let options = logOptions
        terminal.line("  holdfast holds\(options)")
        terminal.line("  holdfast explain \(narrator.firstHoldId ?? "ID")\(options)")
        terminal.line(
            "  holdfast tail holdfast.alerts\(options)"
                + (narrator.suppressedAlertId == nil ? "" : "    # also what was suppressed, and why"))
    }

    private var logOptions: String {
        guard let resolved = call.settings.resolved(.log), resolved.origin != .builtIn else {
            return ""
        }
        return " --log \(resolved.text)"
    }
}
