// A handful of events that interact, and the orders they may come in.

import EventModel

/// Sets of events.
enum CaseEvents {
    /// When the change takes effect, if it does.
    static let lastInstant = Instant(milliseconds: CaseEvent.start.milliseconds + 25)

    /// The sets of five of which every order is tried.
    static let sets: [[CaseEvent]] = [
        [
            .failure("f1", lot: "L", severity: "critical"),
            .failure("f1", lot: "L", severity: "critical"),
            .holdRequested("H", lot: "L"), .releaseApproved("H", lot: "L"), .lotCreated("L"),
        ],
        [
            .changeApproved("C", after: 25), .changeCancelled("C"),
            .failure("f1", lot: "L", severity: "minor"),
            .failure("f2", lot: "L", severity: "critical"),
            // The same id with other content.
            .failure("f1", lot: "L", severity: "major"),
        ],
    ]

    /// Every order of one to all of them: 325 of five.
    static func orders(of events: [CaseEvent]) -> [[CaseEvent]] {
        var found: [[CaseEvent]] = []
        func extend(_ order: [Int]) {
            if !order.isEmpty { found.append(order.map { events[$0] }) }
            for next in events.indices where !order.contains(next) { extend(order + [next]) }
        }
        extend([])
        return found
    }
}
