// Names for accepted records that change nothing: counted, so that nothing vanishes without a word.

/// Why an accepted record (or a part of it) had no effect. Documented in docs/operations.md.
package enum NoEffect: UInt8, CaseIterable, Sendable {
    /// A hold whose id the subject's set has or has released: a repetition beyond the
    /// dedupe window.
    case holdAlreadyKnown
    /// A type whose decision comes with a later edition: read, checked, counted.
    case notYetActedOn
    /// A failure that the policy neither holds for nor takes as a signal.
    case notInPolicy

    /// The documented name.
    package var name: String {
        switch self {
        case .holdAlreadyKnown: "holdAlreadyKnown"
        case .notYetActedOn: "notYetActedOn"
        case .notInPolicy: "notInPolicy"
        }
    }
}
