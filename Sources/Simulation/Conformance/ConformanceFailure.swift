// The suite says in a sentence what an implementation broke: it is read by somebody who has the
// protocol (EventLog.swift) in front of them, not this code.

/// A promise of the log protocols that an implementation did not keep.
package struct ConformanceFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// Throws the sentence when the condition does not hold.
func require(_ condition: Bool, _ sentence: @autoclosure () -> String) throws(ConformanceFailure) {
    if !condition { throw ConformanceFailure(sentence()) }
}

/// Throws when two values differ, naming what they are and both of them.
func requireEqual<Value: Equatable>(
    _ found: Value, _ wanted: Value, _ what: @autoclosure () -> String
) throws(ConformanceFailure) {
    if found != wanted {
        throw ConformanceFailure("\(what()): found \(found), wanted \(wanted)")
    }
}
