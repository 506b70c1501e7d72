// All orders of up to five events, each with everything that can go wrong at a commit: a process
// that dies at each point of it, each answer of the log, and at the first commit of the store each
// operation failing in each way, or the power going there.

import Contracts
import EventLog
import EventModel

/// The cases of the first kind, in order.
struct OrderCases {
    /// Where a process may die, from before the commit to after the store has it.
    private static let points: [CasePoint] = [
        .commit, .records, .offsets, .pollUnderWay, .decided, .ended, .poll,
    ]
    private static let answers: [SimulatedLog.Fault] = [
        .aborted, .outcomeUnknown(applied: true), .outcomeUnknown(applied: false), .leftOpen,
    ]
    private static let effects: [DiskFault.Effect] = [.refused, .halfDone, .doneButRefused]
    private static let fates: [DiskFate] = [.kept, .dropped, .luck(seed: 1), .luck(seed: 2)]

    /// What may go wrong at a commit of any number.
    static let atAnyCommit: [CaseAccident] =
        points.flatMap { [.dies(at: $0, .kept), .dies(at: $0, .dropped)] }
        + answers.map { .answers($0) } + [.unanswered]

    /// What may go wrong in a store whose part of the commit has so many operations.
    static func inStore(operations: Int) -> [CaseAccident] {
        (0..<operations).flatMap { after in
            effects.map { .disk(DiskFault($0, after: after)) }
                + fates.map { .power(after: after, $0) }
        }
    }

    let registry: ContractRegistry
    /// For tests of the cases themselves.
    var defect: CaseDefect?

    /// Runs all cases of every `stride`-th order, and of these every `stride`-th accident but of
    /// each order others; answers false when it was told to stop.
    func run(
        every stride: Int, _ summary: inout ExhaustiveSummary,
        progress: (ExhaustiveSummary) -> Bool
    ) throws -> Bool {
        var number = 0
        for set in CaseEvents.sets {
            for (index, events) in CaseEvents.orders(of: set).enumerated() {
                guard index % stride == 0 else { continue }
                for recordsPerBatch in [1, 100] {
                    let calm = OrderCase(
                        events: events, recordsPerBatch: recordsPerBatch, commit: 0, accident: .none
                    )
                    let expected = try calm.run(registry, defect, &summary)
                    for order in cases(of: calm, expected) {
                        number += 1
                        guard number % stride == 0 else { continue }
                        try judge(order, expected, &summary)
                        if summary.cases & 63 == 0, !progress(summary) { return false }
                    }
                }
            }
        }
        return true
    }

    private func cases(of calm: OrderCase, _ outcome: OrderOutcome) -> [OrderCase] {
        var found: [OrderCase] = []
        for commit in 0..<outcome.commits {
            var accidents = Self.atAnyCommit
            if commit == 0 { accidents += Self.inStore(operations: outcome.storeOperations) }
            for accident in accidents {
                var order = calm
                order.commit = commit
                order.accident = accident
                found.append(order)
            }
        }
        return found
    }

    private func judge(
        _ order: OrderCase, _ expected: OrderOutcome, _ summary: inout ExhaustiveSummary
    ) throws {
        let outcome = try order.run(registry, defect, &summary)
        if outcome.hasHappened { summary.accidents += 1 }
        for (place, lines) in expected.seen.sorted(by: { $0.key < $1.key })
        where outcome.seen[place] != lines {
            summary.fail(
                order.name,
                "\(place.topic.name)/\(place.partition.rawValue) shows "
                    + "\(outcome.seen[place] ?? []), the calm run \(lines)")
        }
    }
}

extension OrderCase {
    /// Runs the case; what the checkers or an error say goes to the summary.
    func run(
        _ registry: ContractRegistry, _ defect: CaseDefect?, _ summary: inout ExhaustiveSummary
    ) throws -> OrderOutcome {
        summary.cases += 1
        do {
            let outcome = try OrderRun(self, registry: registry, defect: defect).run()
            for finding in outcome.findings { summary.fail(name, finding) }
            return outcome
        } catch {
            summary.fail(name, "\(error)")
            throw error
        }
    }
}
