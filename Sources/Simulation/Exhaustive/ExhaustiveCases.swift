// Exhaustive where small: every order of up to five events with everything that can go wrong at a
// commit, and every interleaving of two workers around one rebalance up to a bound. Beyond that,
// seeds.

import Contracts
import EventModel

/// What the cases came to.
package struct ExhaustiveSummary: Sendable {
    /// Cases that were run, calm ones included.
    package var cases = 0
    /// Cases of the first kind in which something went wrong as planned.
    package var accidents = 0
    /// Schedules of two workers that were run.
    package var schedules = 0
    /// One sentence per difference, with the case; empty when all is as promised.
    package private(set) var failures: [String] = []

    package init() {}

    private static let failuresMax = 50

    mutating func fail(_ name: String, _ what: String) {
        if failures.count < Self.failuresMax { failures.append("\(name): \(what)") }
    }
}

/// The complete set, or a part of it.
package enum ExhaustiveCases {
    /// Runs all cases; `progress` is told now and then and answers whether to go on.
    /// - Parameters:
    ///   - stride: every so many orders and schedules; 1: all of them.
    ///   - choices: how many times the scheduler chooses between two workers: 2^choices schedules
    ///     of each kind.
    package static func run(
        every stride: Int = 1, choices: Int = 12, progress: (ExhaustiveSummary) -> Bool
    ) -> ExhaustiveSummary {
        var summary = ExhaustiveSummary()
        do {
            let registry = try ContractRegistry(limits: Limits())
            guard
                try OrderCases(registry: registry).run(
                    every: stride, &summary, progress: progress)
            else { return summary }
            _ = try RebalanceCases(registry: registry).run(
                every: stride, choices: choices, &summary, progress: progress)
        } catch {
            summary.fail("exhaustive cases", "stopped by \(error)")
        }
        return summary
    }
}
