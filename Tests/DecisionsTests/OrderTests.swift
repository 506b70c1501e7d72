// Every order of a few events over one lot, with every repetition: few enough to run them all, and
// what must hold, holds in each (style: exhaustive before random).

import EventModel
import Testing

@testable import Decisions

@Suite struct OrderTests {
    static let events = [
        Sample.failed("f"), Sample.request("H-1", id: "q1"), Sample.request("H-1", id: "q2"),
        Sample.release("H-1", id: "r1"), Sample.release("H-1", owner: "no", id: "r2"),
        Sample.step(.stepStartedV1, "s", minute: 1), Sample.disposition("d"),
    ]

    /// All sequences without repetition of up to `length` of the indices.
    static func orders(of count: Int, length: Int) -> [[Int]] {
        var all: [[Int]] = [[]]
        var last: [[Int]] = [[]]
        for _ in 0..<length {
            last = last.flatMap { order in
                (0..<count).filter { !order.contains($0) }.map { order + [$0] }
            }
            all += last
        }
        return all
    }

    @Test func `in every order of five events the gate is closed exactly while something holds`() {
        let orders = Self.orders(of: Self.events.count, length: 5).filter { $0.count == 5 }
        #expect(orders.count == 2520)
        for order in orders {
            var world = World()
            var model = Model()
            for index in order {
                let effects = world.send(Self.events[index])
                model.observe(effects.outbound)
                #expect(effects.outbound.filter { $0.type == .gateChangedV1 }.count <= 1)
                #expect(model.isClosed == !model.open.isEmpty, "\(order)")
                #expect(model.faults.isEmpty, "\(order): \(model.faults)")
                #expect(world.rows.count { $0.key.hasPrefix("hold/") } == model.applied.count)
            }
            #expect(model.refusedRightly, "\(order)")
        }
    }

    @Test func `which holds are left depends on the set of events, once a release comes last`() {
        for order in Self.orders(of: 3, length: 3) where order.count == 3 {
            var world = World()
            var model = Model()
            for index in order + [3] { model.observe(world.send(Self.events[index]).outbound) }
            #expect(model.open.count == 1, "only the failure's own hold is left: \(order)")
        }
    }
}

/// What a consumer of the holds and gates topics believes.
private struct Model {
    var open: Set<String> = []
    var applied: Set<String> = []
    var isClosed = false
    var faults: [String] = []
    var refusedRightly = true

    mutating func observe(_ events: [OutboundEvent]) {
        for event in events {
            switch event.payload {
            case .holdApplied(let id, _, _, _, _, _, let count, let list):
                if !applied.insert(id).inserted { faults.append("\(id) applied twice") }
                open.insert(id)
                check(count, list)
            case .holdReleased(let id, _, _, let count, let list, let isFree):
                if open.remove(id) == nil { faults.append("\(id) released, not open") }
                if isFree != open.isEmpty { faults.append("subjectReleased is wrong") }
                check(count, list)
            case .gateChanged(_, let isOpen, let reasons, _):
                isClosed = !isOpen
                if Set(reasons.map(\.holdId)) != open { faults.append("reasons are not the holds") }
            case .dispositionRecorded:
                if !open.isEmpty { refusedRightly = false }
            case .dispositionRefused(_, _, _, let blockers):
                if Set(blockers) != open || open.isEmpty { refusedRightly = false }
            default: break
            }
        }
    }

    private mutating func check(_ count: Int, _ list: [String]) {
        if count != open.count || Set(list) != open { faults.append("openHolds are wrong") }
    }
}
