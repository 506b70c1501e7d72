// `--help`, from the pages and the table of settings.

package import Configuration

/// Renders help as plain lines of at most 100 characters.
package enum HelpText {
    /// The overview.
    package static var overview: String {
        var lines = [
            "holdfast: moves control, not just data, between MES and QMS.", "",
            "Usage: holdfast COMMAND [OPTIONS]", "", "Commands:",
        ]
        for page in CommandSummary.pages {
            lines.append("  " + padded(page.command.rawValue, 13) + page.summary)
        }
        lines += [
            "", "Try:", "  holdfast demo          see it work, with nothing installed",
            "  holdfast COMMAND --help   options and examples of a command",
        ]
        return lines.joined(separator: "\n")
    }

    /// The page of one subcommand.
    package static func page(of command: CommandName) -> String {
        let page = CommandSummary.of(command)
        var lines = ["\(page.summary).", "", "Usage: holdfast \(page.usage) [OPTIONS]"]
        if !page.details.isEmpty { lines += [""] + wrapped(page.details, width: 96) }
        lines += ["", "Options:"]
        let settings = Setting.of(command)
        let heads = settings.map(head) + ["-h, --help"]
        let width = heads.map(\.count).max() ?? 0
        for (setting, head) in zip(settings, heads) {
            let text = wrapped(setting.help + trailer(setting), width: 94 - width)
            for (index, part) in text.enumerated() {
                let left = index == 0 ? head : ""
                lines.append("  " + padded(left, width + 2) + part)
            }
        }
        lines.append("  " + padded("-h, --help", width + 2) + "This text")
        if !page.examples.isEmpty { lines += ["", "Examples:"] }
        for example in page.examples {
            lines += ["  # \(example.does)", "  \(example.line)"]
        }
        return lines.joined(separator: "\n")
    }

    private static func head(_ setting: Setting) -> String {
        let short = setting.short.map { "-\($0), " } ?? "    "
        return short + "--\(setting.name)" + (setting.placeholder.map { " \($0)" } ?? "")
    }

    private static func trailer(_ setting: Setting) -> String {
        guard let text = setting.defaultText, !text.isEmpty, setting.kind != .boolean,
            !setting.help.contains("default:")
        else { return "" }
        return " (default: \(text))"
    }

    /// The text followed by spaces up to a width.
    package static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: Swift.max(0, width - text.count))
    }

    /// Lines of whole words.
    static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty ? lines : lines + [line]
    }
}
