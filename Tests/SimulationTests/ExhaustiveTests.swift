// A part of the exhaustive cases that is small enough for every day; the complete set is
// `holdfast simulate --exhaustive`.

import Contracts
import EventModel
import Testing

@testable import Simulation

@Suite struct ExhaustiveTests {
    @Test func `an order and an accident in some: the outputs are those of the calm run`() {
        let summary = ExhaustiveCases.run(every: 23, choices: 7) { _ in true }
        #expect(summary.failures.isEmpty, "\(summary.failures.prefix(5))")
        #expect(summary.accidents > 100 && summary.schedules > 50, "\(summary)")
    }

    @Test func `a planted bug in the commit is found among the orders`() throws {
        let registry = try ContractRegistry(limits: Limits())
        var summary = ExhaustiveSummary()
        let cases = OrderCases(registry: registry, defect: .unknownTakenForAbort)
        _ = try cases.run(every: 31, &summary) { $0.failures.isEmpty }
        #expect(!summary.failures.isEmpty, "\(summary.cases) cases found nothing")
    }

    @Test func `a planted bug in the fencing is found among the schedules`() throws {
        let registry = try ContractRegistry(limits: Limits())
        var summary = ExhaustiveSummary()
        let cases = RebalanceCases(registry: registry, defect: .offsetsOutside)
        _ = try cases.run(every: 5, choices: 7, &summary) { $0.failures.isEmpty }
        #expect(!summary.failures.isEmpty, "\(summary.schedules) schedules found nothing")
    }

    @Test func `all orders of five are 325, and none is tried twice`() {
        let orders = CaseEvents.orders(of: CaseEvents.sets[1])
        #expect(orders.count == 325)
        #expect(Set(orders.map { $0.map(\.name) }).count == 325)
    }
}
