// What each subcommand is called with, in a person's words: help, completions and the manual page
// are made of this and the table of settings.

package import Configuration

/// A subcommand's page.
package struct CommandSummary: Sendable {
    /// One argument. `choices` is empty when anything goes.
    package struct Argument: Sendable {
        package let name: String
        package let choices: [String]
        package let isRequired: Bool
        /// A completion should offer files.
        package let isFile: Bool
    }

    package let command: CommandName
    /// One line, no full stop.
    package let summary: String
    /// A paragraph.
    package let details: String
    package let argument: Argument?
    /// Command lines and what they do.
    package let examples: [(line: String, does: String)]

    /// `tail TOPIC`, without flags.
    package var usage: String {
        guard let argument else { return command.rawValue }
        let name =
            argument.choices.isEmpty || argument.choices.count > 3
            ? argument.name : argument.choices.joined(separator: "|")
        return command.rawValue + " " + (argument.isRequired ? name : "[\(name)]")
    }

    /// Refuses missing, unknown and surplus arguments.
    package func check(_ arguments: [String]) throws(CommandError) {
        let most = argument == nil ? 0 : 1
        if arguments.count > most {
            throw CommandError(
                .usage, Terminal.visible(arguments[most]), "an argument too many",
                wayOut: "Usage: holdfast \(usage)")
        }
        guard let argument else { return }
        guard let text = arguments.first else {
            if !argument.isRequired { return }
            throw CommandError(
                .usage, command.rawValue, "\(argument.name) is missing",
                wayOut: "Usage: holdfast \(usage)")
        }
        guard argument.choices.isEmpty || argument.choices.contains(text) else {
            let question = NearestName.question(text, among: argument.choices)
            throw CommandError(
                .usage, Terminal.visible(text),
                "none of \(argument.choices.joined(separator: ", "))",
                wayOut: question)
        }
    }

    package static func of(_ command: CommandName) -> CommandSummary {
        // One page per case: CommandSummary+Pages.swift, and a test counts them.
        guard let page = pages.first(where: { $0.command == command }) else {
            preconditionFailure("no page for \(command.rawValue)")
        }
        return page
    }
}
