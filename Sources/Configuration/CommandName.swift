// The subcommands, by name: the table of settings says which of them takes what.

/// A subcommand of `holdfast`.
package enum CommandName: String, CaseIterable, Sendable {
    case run, demo, topics, produce, tail, holds, explain, verify, copy, simulate, config
    case completions, man, version, help
}
