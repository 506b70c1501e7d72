// What a run came to.

import EventModel

/// One seed's run.
package struct WorldReport: Sendable {
    package let seed: UInt64
    /// One sentence per broken promise; empty when all were kept.
    package var findings: [String] = []
    /// What happened, by name: faults, signals, outputs.
    package var counts: [String: Int] = [:]
    /// Fingerprint of everything in the log at the end.
    package var digest: String = ""
    /// World steps.
    package var steps = 0

    package init(seed: UInt64) { self.seed = seed }

    package mutating func count(_ name: String, by number: Int = 1) {
        counts[name, default: 0] += number
    }
}
