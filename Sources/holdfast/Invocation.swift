// One call of a subcommand: everything it may know or touch. Tests make their own.

package import Configuration
package import EventLog
package import EventModel

/// Opens the log that the settings name.
package protocol LogOpener {
    func reader(_ settings: Settings) throws(LogError) -> any LogReader
    func writer(_ settings: Settings) throws(LogError) -> any LogWriter
    func admin(_ settings: Settings) throws(LogError) -> any LogAdmin
}

/// What a subcommand is given.
package struct Invocation {
    package var command: CommandName
    package var arguments: [String]
    package var settings: Settings
    package var terminal: Terminal
    package var environment: Environment
    package var logs: any LogOpener
    /// True once the user asked to stop (Ctrl-C): loops end at their next turn.
    package var isStopRequested: () -> Bool
    /// How the command was called, for command lines that it prints.
    package var program = "holdfast"

    package init(
        command: CommandName, arguments: [String], settings: Settings, terminal: Terminal,
        environment: Environment, logs: any LogOpener,
        isStopRequested: @escaping () -> Bool = { false }
    ) {
        self.command = command
        self.arguments = arguments
        self.settings = settings
        self.terminal = terminal
        self.environment = environment
        self.logs = logs
        self.isStopRequested = isStopRequested
    }

    /// Whether a loop should end now: the user said so, or nobody reads our output.
    package var shouldEnd: Bool { isStopRequested() || terminal.isClosed }
}
