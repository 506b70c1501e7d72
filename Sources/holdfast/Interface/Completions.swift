// Shell completions, from the pages and the table of settings. Static scripts: they ask nobody.

import Configuration

/// Renders completion scripts.
package enum Completions {
    /// The script for bash, zsh or fish; nil for another shell.
    package static func script(for shell: String) -> String? {
        switch shell {
        case "bash": bash
        case "zsh": zsh
        case "fish": fish
        default: nil
        }
    }

    private static func choices(_ setting: Setting) -> [String]? {
        if case .choice(let choices) = setting.kind { return choices }
        return nil
    }

    private static var bash: String {
        var lines = [
            "# holdfast completions for bash: source <(holdfast completions bash)", "_holdfast() {",
            "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}",
            "    local command=${COMP_WORDS[1]} words=", "    case $before in",
        ]
        for setting in Setting.table {
            let flag = "--\(setting.name)" + (setting.short.map { "|-\($0)" } ?? "")
            if let choices = choices(setting) {
                let list = choices.joined(separator: " ")
                lines.append(
                    "        \(flag)) COMPREPLY=($(compgen -W '\(list)' -- \"$word\")); return;;")
            } else if setting.kind == .directory {
                lines.append("        \(flag)) COMPREPLY=($(compgen -d -- \"$word\")); return;;")
            } else if setting.kind == .file {
                lines.append("        \(flag)) COMPREPLY=($(compgen -f -- \"$word\")); return;;")
            } else if setting.kind != .boolean {
                lines.append("        \(flag)) return;;")
            }
        }
        lines += ["    esac", "    case $command in"]
        for page in CommandSummary.pages {
            let flags = Setting.of(page.command).map { "--\($0.name)" } + ["--help"]
            let words = (page.argument?.choices ?? []) + flags
            lines.append(
                "        \(page.command.rawValue)) words='\(words.joined(separator: " "))';;")
        }
        let names = CommandName.allCases.map(\.rawValue).joined(separator: " ")
        lines += [
            "    esac",
            "    if ((COMP_CWORD == 1)); then words='\(names) --help --version'; fi",
            "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))",
            "    if [[ $command == produce && $word != -* ]]; then",
            "        COMPREPLY=($(compgen -f -- \"$word\"))", "    fi", "}",
            "complete -o filenames -F _holdfast holdfast",
        ]
        return lines.joined(separator: "\n")
    }

    private static var zsh: String {
        var lines = [
            "#compdef holdfast", "# holdfast completions for zsh: put this file into your fpath",
            "_holdfast() {", "    local -a commands; commands=(",
        ]
        for page in CommandSummary.pages {
            lines.append("        \(quoted("\(page.command.rawValue):\(page.summary)"))")
        }
        lines += [
            "    )", "    if ((CURRENT == 2)); then _describe command commands; return; fi",
            "    case ${words[2]} in",
        ]
        for page in CommandSummary.pages {
            var specs = Setting.of(page.command).map(zshSpec)
            if let argument = page.argument {
                let action =
                    argument.isFile ? "_files" : "(\(argument.choices.joined(separator: " ")))"
                specs.append(quoted("2:\(argument.name.lowercased()):\(action)"))
            }
            lines.append("        \(page.command.rawValue)) _arguments '--help[This text]' \\")
            lines.append("            " + specs.joined(separator: " \\\n            ") + ";;")
        }
        lines += ["    esac", "}", "_holdfast \"$@\""]
        return lines.joined(separator: "\n")
    }

    private static func zshSpec(_ setting: Setting) -> String {
        let help = setting.help.replacing("[", with: "(").replacing("]", with: ")")
            .replacing(":", with: "\\:")
        let star = setting.kind == .property ? "*" : ""
        guard let placeholder = setting.placeholder else {
            return quoted("--\(setting.name)[\(help)]")
        }
        let action =
            switch setting.kind {
            case .choice(let choices): "(\(choices.joined(separator: " ")))"
            case .directory: "_files -/"
            case .file: "_files"
            default: ""
            }
        let value = choices(setting) == nil ? placeholder : "choice"
        return quoted("\(star)--\(setting.name)[\(help)]:\(value):\(action)")
    }

    private static var fish: String {
        var lines = [
            "# holdfast completions for fish", "complete -c holdfast -f",
        ]
        for page in CommandSummary.pages {
            lines.append(
                "complete -c holdfast -n __fish_use_subcommand -a \(page.command.rawValue) "
                    + "-d \(fishQuoted(page.summary))")
        }
        for page in CommandSummary.pages {
            let when = "-n '__fish_seen_subcommand_from \(page.command.rawValue)'"
            if let argument = page.argument {
                let offer =
                    argument.isFile ? "-F" : "-a '\(argument.choices.joined(separator: " "))'"
                if argument.isFile || !argument.choices.isEmpty {
                    lines.append("complete -c holdfast \(when) \(offer)")
                }
            }
            for setting in Setting.of(page.command) {
                lines.append(fishLine(setting, when: when))
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func fishLine(_ setting: Setting, when: String) -> String {
        var line = "complete -c holdfast \(when) -l \(setting.name)"
        if let short = setting.short { line += " -s \(short)" }
        switch setting.kind {
        case .boolean: break
        case .choice(let choices): line += " -x -a '\(choices.joined(separator: " "))'"
        case .directory, .file: line += " -r -F"
        default: line += " -x"
        }
        return line + " -d \(fishQuoted(setting.help))"
    }

    /// In single quotes for sh, bash and zsh.
    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }

    /// In single quotes for fish.
    private static func fishQuoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
