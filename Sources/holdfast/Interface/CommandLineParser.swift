// Words -> subcommand, flags, arguments, by the table of settings alone.

package import Configuration

/// A command line taken apart.
package struct ParsedCommandLine: Equatable, Sendable {
    package var command: CommandName
    package var arguments: [String] = []
    package var flags: [SettingsResolver.Flag] = []
    package var wantsHelp = false
}

/// Takes command lines apart.
package struct CommandLineParser {
    private var words: ArraySlice<String>
    private var flags: [(flag: SettingsResolver.Flag, written: String)] = []
    private var unknown: [String] = []
    private var arguments: [String] = []
    private var wantsHelp = false
    private var wantsVersion = false

    /// Parses the words after the program's name. Flags may stand before and after the subcommand;
    /// `--` ends them.
    package static func parse(_ words: [String]) throws(CommandError) -> ParsedCommandLine {
        var parser = CommandLineParser(words: words[...])
        try parser.readWords()
        return try parser.finish()
    }

    private init(words: ArraySlice<String>) { self.words = words }

    private mutating func readWords() throws(CommandError) {
        while let word = words.popFirst() {
            if word == "--" {
                arguments += words
                return
            } else if word.hasPrefix("--") {
                try readLong(String(word.dropFirst(2)))
            } else if word.hasPrefix("-"), word != "-" {
                try readShort(word.dropFirst())
            } else {
                arguments.append(word)
            }
        }
    }

    private mutating func readLong(_ text: String) throws(CommandError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let attached = parts.count == 2 ? String(parts[1]) : nil
        if name == "help", attached == nil {
            wantsHelp = true
        } else if name == "version", attached == nil {
            wantsVersion = true
        } else if let setting = Setting.table.first(where: { $0.name == name }) {
            try take(setting, attached: attached, written: "--\(name)")
        } else if name.hasPrefix("no-"), attached == nil,
            let setting = Setting.table.first(where: { "no-\($0.name)" == name }),
            setting.kind == .boolean
        {
            flags.append((SettingsResolver.Flag(setting: setting, text: "false"), "--\(name)"))
        } else {
            unknown.append("--\(name)")
        }
    }

    private mutating func readShort(_ letters: Substring) throws(CommandError) {
        var rest = letters
        while let letter = rest.popFirst() {
            if letter == "h" {
                wantsHelp = true
                continue
            }
            guard let setting = Setting.table.first(where: { $0.short == letter }) else {
                unknown.append("-\(letter)")
                return
            }
            let attached = setting.kind == .boolean || rest.isEmpty ? nil : String(rest)
            try take(setting, attached: attached, written: "-\(letter)")
            if attached != nil { return }
        }
    }

    private mutating func take(_ setting: Setting, attached: String?, written: String)
        throws(CommandError)
    {
        let text: String
        if let attached {
            text = attached
        } else if setting.kind == .boolean {
            text = "true"
        } else if let next = words.popFirst() {
            text = next
        } else {
            throw CommandError(
                .usage, written, "a value is missing",
                wayOut: "Write \(written) \(setting.placeholder ?? "")")
        }
        flags.append((SettingsResolver.Flag(setting: setting, text: text), written))
    }

    private mutating func finish() throws(CommandError) -> ParsedCommandLine {
        if arguments.isEmpty {
            if wantsVersion { return ParsedCommandLine(command: .version) }
            if wantsHelp { return ParsedCommandLine(command: .help) }
            if let first = unknown.first { throw unknownFlag(first, among: Setting.table) }
            throw CommandError(
                .usage, "command line", "a subcommand is missing",
                wayOut: "'holdfast help' lists them; 'holdfast demo' shows what it does")
        }
        let name = arguments.removeFirst()
        guard let command = CommandName(rawValue: name) else {
            let question = NearestName.question(name, among: CommandName.allCases.map(\.rawValue))
            throw CommandError(
                .usage, Terminal.visible(name), "unknown subcommand",
                wayOut: question.isEmpty ? "'holdfast help' lists them" : question)
        }
        if let first = unknown.first { throw unknownFlag(first, among: Setting.of(command)) }
        for (flag, written) in flags where !flag.setting.commands.contains(command) {
            let others = flag.setting.commands.map(\.rawValue).joined(separator: ", ")
            throw CommandError(
                .usage, written, "'\(command.rawValue)' does not take it (but \(others) does)",
                wayOut: "'holdfast \(command.rawValue) --help' lists what it takes")
        }
        var line = ParsedCommandLine(command: command)
        line.arguments = arguments
        line.flags = flags.map(\.flag)
        line.wantsHelp = wantsHelp
        if !wantsHelp { try CommandSummary.of(command).check(arguments) }
        return line
    }

    private func unknownFlag(_ written: String, among settings: [Setting]) -> CommandError {
        let known = settings.map { "--\($0.name)" } + ["--help", "--version"]
        let question = NearestName.question(written, among: known)
        return CommandError(
            .usage, Terminal.visible(written), "unknown option",
            wayOut: question.isEmpty ? "Add --help to see the options" : question)
    }
}
