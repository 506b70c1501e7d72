// A setting: one row of the one table that drives parsing, --help, completions, the manual page,
// `config show` and docs/operations.md. A setting that is not in the table does not exist.

/// One setting of the command.
package struct Setting: Sendable {
    /// What a value must look like. Durations are milliseconds inside.
    package enum Kind: Sendable, Equatable {
        case text
        /// Letters, digits, `.`, `_` and `-`: what a topic, a group and a URI take alike.
        case name(ClosedRange<Int>)
        case integer(ClosedRange<Int64>, unit: String)
        case duration(ClosedRange<Int64>, multipleOf: Int64)
        case boolean
        case choice([String])
        case directory
        case file
        case logURL
        /// `key=value`, may be given again and again.
        case property
    }

    /// The flag without its dashes, e.g. `commit-interval`. It is the setting's name everywhere.
    package let name: String
    /// One letter after one dash, for what people type by hand.
    package let short: Character?
    package let kind: Kind
    /// What stands for the value in a usage line, when the kind does not say it well.
    package let valueName: String?
    /// As a person would write it; nil when there is none.
    package let defaultText: String?
    /// One line, no full stop.
    package let help: String
    /// Never printed.
    package let isSecret: Bool
    /// Where the setting stands in holdfast.yaml, e.g. `topics.partitions`; nil for settings of a
    /// single call, which exist as flags only.
    package let key: String?
    /// The subcommands that take it as a flag.
    package let commands: [CommandName]

    package init(
        _ name: String, short: Character? = nil, kind: Kind, valueName: String? = nil,
        default defaultText: String? = nil,
        help: String, isSecret: Bool = false, key: String?, commands: [CommandName]
    ) {
        self.name = name
        self.short = short
        self.kind = kind
        self.valueName = valueName
        self.defaultText = defaultText
        self.help = help
        self.isSecret = isSecret
        self.key = key
        self.commands = commands
    }

    /// The environment variable; nil for settings of a single call.
    package var environment: String? {
        guard key != nil else { return nil }
        return "HOLDFAST_" + name.uppercased().replacing("-", with: "_")
    }

    /// What stands for the value in a usage line, e.g. `DURATION`; nil for a boolean.
    package var placeholder: String? {
        if let valueName { return valueName }
        return switch kind {
        case .text, .name: "NAME"
        case .integer: "N"
        case .duration: "DURATION"
        case .boolean: nil
        case .choice(let choices): choices.joined(separator: "|")
        case .directory: "DIR"
        case .file: "FILE"
        case .logURL: "URL"
        case .property: "KEY=VALUE"
        }
    }
}
