// A property that does not hold ends the process like a crash does, so that every driver notices it
// in the same way and keeps the input.

import Glibc

/// What is said of a broken property before the process ends.
enum Finding {
    /// Ends the process; the driver keeps the input.
    static func stop(_ what: String) -> Never {
        _ = ("PROPERTY: " + what + "\n").withCString { write(2, $0, strlen($0)) }
        abort()
    }

    /// Ends the process when the property does not hold.
    static func require(_ holds: Bool, _ what: @autoclosure () -> String) {
        if !holds { stop(what()) }
    }
}
