// How the demo's lines look: a time, a word in the colour of what it means, a sentence; or JSON.

import EventModel

/// Where the demo's lines go.
struct DemoPage {
    /// What a line is about.
    enum Kind: String {
        case action, hold, closed, open, release, deviation, alert, quiet, refused, decided
        case effective, duplicate, hour

        /// The word at the line's beginning.
        var word: String {
            switch self {
            case .action: "->"
            case .closed, .open: "GATE"
            case .quiet: "quiet"
            case .hour: "..."
            case .hold, .release, .deviation, .alert, .refused, .decided, .effective, .duplicate:
                rawValue.uppercased()
            }
        }

        var style: Terminal.Style {
            switch self {
            case .action: .bold
            case .hold, .closed: .red
            case .open, .release, .decided, .effective: .green
            case .deviation: .cyan
            case .alert, .refused: .yellow
            case .quiet, .duplicate, .hour: .dim
            }
        }
    }

    let terminal: Terminal
    let isFast: Bool
    let isJSON: Bool

    func line(_ instant: Instant, _ kind: Kind, _ text: String) {
        if isJSON {
            var json = JSONWriter()
            json.beginObject()
            json.member("kind", kind.rawValue)
            json.member("text", text)
            json.member("time", instant.text)
            json.endObject()
            terminal.line(bytes: json.bytes)
            return
        }
        let time = terminal.styled(DemoClock.label(instant, isFast: isFast), .dim)
        let tag = terminal.styled(HelpText.padded(kind.word, 9), kind.style)
        terminal.line("\(time)  \(tag)  \(Terminal.visible(text))")
    }

    /// A line that is no event of the shift; programs do not get it.
    func remark(_ text: String = "", isBold: Bool = false) {
        guard !isJSON else { return }
        terminal.line(isBold ? terminal.styled(text, .bold) : Terminal.visible(text))
    }
}
