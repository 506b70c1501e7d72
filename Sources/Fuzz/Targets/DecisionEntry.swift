// Records decided one after the other by one task that owns everything.

import Decisions
import EventModel

/// Decides records under the standard policy.
final class DecisionEntry: FuzzEntry {
    private let run: DecisionRun

    init() throws { run = try DecisionRun() }

    func run(_ input: ByteView) { run.decide(input, policy: .standard) }
}
