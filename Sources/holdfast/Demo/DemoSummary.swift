// What the demo says at its end: a table, and three commands to try next.

import EventModel

/// The demo's last lines.
struct DemoSummary {
    let counts: DemoCounts
    /// A hold with a story, for `explain`.
    let hold: DemoHold?
    let place: DemoPlace
    /// How the command was called, so that what is printed works when it is typed.
    let program: String

    func print(on page: DemoPage) {
        if page.isJSON {
            page.terminal.line(bytes: json)
            return
        }
        page.remark()
        page.remark("What happened", isBold: true)
        let rows = counts.rows.map { [$0.words, $0.text] }
        for line in Table.lines(head: ["", ""], rows: rows).dropFirst() { page.remark("  " + line) }
        page.remark()
        page.remark("Try next", isBold: true)
        for command in commands { page.remark("  " + command) }
        page.remark()
        page.remark("This run's log and state: \(place.words)")
    }

    /// What is held, the story of one hold, what was suppressed and why.
    var commands: [String] {
        let program = DemoPlace.quoted(program)
        return [
            "\(program) holds \(place.options)",
            hold.map { "\(program) explain \($0.holdId) \(place.options)" }
                ?? "\(program) tail holdfast.holds \(place.options)",
            "\(program) tail holdfast.alerts \(place.options)",
        ]
    }

    private var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.name("commands")
        json.beginArray()
        for command in commands { json.string(command) }
        json.endArray()
        json.member("kind", "summary")
        for (name, text) in counts.rows.map({ ($0.name, $0.text) }) { json.member(name, text) }
        json.endObject()
        return json.bytes
    }
}
