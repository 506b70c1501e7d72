// From words to an exit code: parse, resolve, run, and say what went wrong. Tests call it as main
// does, with streams and a log of their own.

import Configuration
package import EventModel

/// Runs one command line.
package struct Dispatcher {
    /// Makes the terminal once colours and quietness are known.
    package typealias TerminalMaker = (_ color: String?, _ isQuiet: Bool) -> Terminal

    private let variables: [String: String]
    private let environment: Environment
    private let logs: any LogOpener
    private let makeTerminal: TerminalMaker
    private let isStopRequested: () -> Bool
    /// How the command was called, for command lines that it prints.
    private let program: String

    package init(
        variables: [String: String], environment: Environment, logs: any LogOpener,
        isStopRequested: @escaping () -> Bool, program: String = "holdfast",
        makeTerminal: @escaping TerminalMaker
    ) {
        self.variables = variables
        self.environment = environment
        self.logs = logs
        self.isStopRequested = isStopRequested
        self.program = program
        self.makeTerminal = makeTerminal
    }

    /// Runs the words after the program's name; the answer is the process's exit code.
    package func run(_ words: [String]) -> ExitCode {
        var terminal = makeTerminal(nil, false)
        do throws(CommandError) {
            let line = try CommandLineParser.parse(words)
            if line.wantsHelp || Self.needsNoSettings(line.command) {
                try Self.printText(line, terminal)
            } else {
                let settings = try resolve(line)
                terminal = makeTerminal(settings.text(.color), settings.flag(.quiet))
                var call = Invocation(
                    command: line.command, arguments: line.arguments, settings: settings,
                    terminal: terminal, environment: environment, logs: logs,
                    isStopRequested: isStopRequested)
                call.program = program
                try Self.run(call)
            }
            terminal.flush()
            return terminal.isClosed ? .closedPipe : .success
        } catch {
            terminal.flush()
            if terminal.isClosed { return .closedPipe }
            terminal.errorLine(error.line)
            return error.code
        }
    }

    /// Help must work when the settings are wrong: it is where one looks then.
    private static func needsNoSettings(_ command: CommandName) -> Bool {
        switch command {
        case .help, .completions, .man: true
        case .run, .demo, .topics, .produce, .tail, .holds, .explain, .verify, .copy, .simulate,
            .config, .version:
            false
        }
    }

    private static func printText(_ line: ParsedCommandLine, _ terminal: Terminal)
        throws(CommandError)
    {
        if line.wantsHelp, line.command != .help {
            terminal.line(HelpText.page(of: line.command))
        } else if line.command == .man {
            terminal.line(ManPage.roff)
        } else if line.command == .completions {
            guard let script = Completions.script(for: line.arguments[0]) else {
                preconditionFailure("the parser checks the shell")
            }
            terminal.line(script)
        } else if let name = line.arguments.first, let command = CommandName(rawValue: name) {
            terminal.line(HelpText.page(of: command))
        } else {
            terminal.line(HelpText.overview)
        }
    }

    private func resolve(_ line: ParsedCommandLine) throws(CommandError) -> Settings {
        do throws(ConfigurationError) {
            return try SettingsResolver.resolve(flags: line.flags, environment: variables) {
                path throws(ConfigurationError) in
                guard ConfigurationFile.exists(path) else { return nil }
                return try ConfigurationFile.bytes(
                    of: path, limit: Limits().configurationBytesMax)
            }
        } catch { throw CommandError(error) }
    }

    /// A prefix separates deployments on one Kafka cluster; a local log is a directory of its own.
    private static func refusePrefixOnLocalLog(_ call: Invocation) throws(CommandError) {
        guard let prefix = call.settings.text(.topicPrefix), !prefix.isEmpty,
            call.command != .config, case .local = call.settings.log
        else { return }
        throw CommandError(
            .usage, "--topic-prefix", "a local log has no prefixes",
            wayOut: "Give this log a directory of its own with --log local:DIR")
    }

    /// Runs a subcommand.
    package static func run(_ call: Invocation) throws(CommandError) {
        try refusePrefixOnLocalLog(call)
        switch call.command {
        case .version: VersionCommand.run(call)
        case .config: try ConfigCommand.run(call)
        case .topics: try TopicsCommand.run(call)
        case .produce: try ProduceCommand.run(call)
        case .tail: try TailCommand.run(call)
        case .holds: try HoldsCommand.run(call)
        case .explain: try ExplainCommand.run(call)
        case .verify: try VerifyCommand.run(call)
        case .copy: try CopyCommand.run(call)
        case .simulate: try SimulateCommand.run(call)
        case .run: try RunCommand.run(call)
        case .demo: try DemoCommand.run(call)
        case .help, .completions, .man:
            preconditionFailure("answered without settings")
        }
    }
}
