// One error for all that a person may have written wrongly: in a file, in the environment, on the
// command line. It names the place, the cause and the way out, so that nobody has to read our code.

/// What is wrong with a setting or a file of settings, and how to put it right.
package struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Where the fault lies; the command turns it into its exit code.
    package enum Kind: Sendable, Equatable {
        /// On the command line.
        case usage
        /// In a file or in the environment.
        case configuration
        /// A file that cannot be read.
        case noInput
    }

    package let kind: Kind
    /// The thing: `holdfast.yaml:3:5`, `HOLDFAST_THREADS`, `--threads`.
    package let place: String
    /// What is wrong with it, without a full stop.
    package let cause: String
    /// What to do about it, a sentence without a full stop; empty when the cause says it.
    package let wayOut: String

    package init(kind: Kind, place: String, cause: String, wayOut: String = "") {
        self.kind = kind
        self.place = place
        self.cause = cause
        self.wayOut = wayOut
    }

    package var description: String {
        wayOut.isEmpty ? "\(place): \(cause)." : "\(place): \(cause). \(wayOut)."
    }
}

/// A place in a file, counted from 1 as editors do; columns are characters.
package struct YAMLPosition: Equatable, Sendable {
    package var line: Int
    package var column: Int
    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}
