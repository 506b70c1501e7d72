// `holdfast holds`: what is held now. The worker's committed state in the log is the truth, so no
// worker has to run for this and no two answers can differ.

import Configuration
import Contracts
import EventLog
import EventModel

/// Prints open holds.
package enum HoldsCommand {
    package static func run(_ call: Invocation) throws(CommandError) {
        let filter = try filter(call.settings)
        let table = HoldTable(limits: call.settings.limits)
        try LogScan.read([.state], call: call) { record throws(CommandError) in
            try table.take(record)
            return true
        }
        guard !call.shouldEnd else { return }
        let holds = table.holds.filter { filter == nil || $0.subject == filter }
        if call.settings.isJSON {
            for hold in holds { call.terminal.line(bytes: hold.json) }
        } else {
            print(holds, call)
        }
    }

    private static func filter(_ settings: Settings) throws(CommandError) -> Subject? {
        let lot = settings.text(.lot).map { Subject(type: "lot", id: $0) }
        guard let text = settings.text(.subject) else { return lot }
        if lot != nil {
            throw CommandError(.usage, "--lot", "it stands beside --subject", wayOut: "Use one")
        }
        guard let slash = text.firstIndex(of: "/"), slash != text.startIndex,
            text.index(after: slash) != text.endIndex
        else {
            throw CommandError(
                .usage, "--subject", "'\(Terminal.visible(text))' is no TYPE/ID",
                wayOut: "Write for example equipment/PRESS-1")
        }
        return Subject(
            type: String(text[..<slash]), id: String(text[text.index(after: slash)...]))
    }

    private static func print(_ holds: [HeldSubject], _ call: Invocation) {
        let now = call.environment.now()
        guard !holds.isEmpty else {
            call.terminal.line(call.terminal.styled("Nothing is held.", .green))
            return
        }
        let rows = holds.map { hold in
            [
                hold.subject.text,
                "\(HumanTime.text(hold.appliedAt)) (\(HumanTime.ago(hold.appliedAt, now: now)))",
                hold.severity ?? "-", hold.owner, hold.cause.id, hold.holdId, hold.reason.text,
            ]
        }
        let head = ["SUBJECT", "SINCE", "SEVERITY", "OWNER", "CAUSE", "HOLD", "WHY"]
        for line in Table.lines(head: head, rows: rows) { call.terminal.line(line) }
        let subjects = Set(holds.map(\.subject)).count
        call.terminal.note(
            "\(holds.count) \(holds.count == 1 ? "hold" : "holds") on \(subjects) "
                + "\(subjects == 1 ? "subject" : "subjects"). "
                + "'holdfast explain HOLD' tells the story of one.")
    }
}
