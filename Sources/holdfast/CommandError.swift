// What a subcommand ends with when it cannot go on: one line on the error stream, in the form
// `holdfast: <thing>: <cause>. <way out>`, and an exit code.

package import Configuration
package import EventLog

/// The end of a subcommand.
package struct CommandError: Error, Equatable, Sendable {
    package let code: ExitCode
    package let thing: String
    package let cause: String
    package let wayOut: String

    package init(_ code: ExitCode, _ thing: String, _ cause: String, wayOut: String = "") {
        self.code = code
        self.thing = thing
        self.cause = cause
        self.wayOut = wayOut
    }

    package init(_ error: ConfigurationError) {
        let code: ExitCode =
            switch error.kind {
            case .usage: .usage
            case .configuration: .configuration
            case .noInput: .noInput
            }
        self.init(code, error.place, error.cause, wayOut: error.wayOut)
    }

    package init(_ error: LogError) {
        self.init(
            ExitCode(of: error), error.operation, "\(error.message) (\(error.code))",
            wayOut: error.hint)
    }

    /// The line for the error stream. Sentences get one full stop, whoever wrote them.
    package var line: String {
        func sentence(_ text: String) -> String {
            guard let last = text.last else { return "" }
            return ".!?".contains(last) ? text : text + "."
        }
        let end = wayOut.isEmpty ? "" : " " + sentence(wayOut)
        return "holdfast: \(thing): \(sentence(cause))\(end)"
    }
}
