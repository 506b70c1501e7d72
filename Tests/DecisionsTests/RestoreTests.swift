// A state rebuilt from its rows must decide on as if nothing had happened; and the same records
// must always come to the same effects.

import EventModel
import Testing

@testable import Decisions

/// A small generator of luck, the same on every machine.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A number of the range; near enough to even for tests.
    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }
}

/// One step of a random life.
enum Step {
    case send(TestEvent)
    case deliver
    case fire
    case expire

    static func random(_ number: Int, minute: Int64, by luck: inout SplitMix64) -> Step {
        let lot = "L \(luck.number(1...3))"
        let hold = "H/\(luck.number(1...4))"
        let change = "C\u{e9}\(luck.number(1...2))"
        let severity = Severity.allCases[Int(luck.number(0...2))].rawValue
        let due = minute + luck.number(-20...60)
        let jitter = luck.number(-40...0)
        var event: TestEvent
        switch luck.number(0...16) {
        case 0: event = Sample.created(lot)
        case 1: event = Sample.step(lot: lot)
        case 2: event = Sample.failed(lot: lot, severity: severity)
        case 3: event = Sample.failed(lot: lot, severity: severity, mode: "jam")
        case 4: event = Sample.interlock(lot: lot, severity: severity)
        case 5: event = Sample.request(hold, subject: lot)
        case 6, 7: event = Sample.release(hold, subject: lot)
        case 8: event = Sample.request(hold, type: "equipment", subject: "press 3")
        case 9: event = Sample.release(hold, type: "equipment", subject: "press 3")
        case 10: event = Sample.change(change, due: due)
        case 11: event = Sample.cancel(change, minute: 0)
        case 12: event = Sample.document(.documentApprovedV1, due: due)
        case 13, 14: return .deliver
        case 15: return .fire
        default: return .expire
        }
        event.id = "e\(number)"
        event.minute = minute + jitter
        event.appendMinute = minute
        if number % 5 == 0 { event.extensions = [.traceparent: "t\"\(number)", .authid: "x"] }
        return .send(event)
    }
}

extension World {
    /// What a step comes to, and the signals that are still to be carried.
    mutating func take(_ step: Step, minute: Int64) throws -> Outcome {
        switch step {
        case .send(let event):
            let effects = send(event)
            return Outcome(outbound: effects.outbound, signals: effects.signals, rows: effects.rows)
        case .deliver:
            guard !pending.isEmpty else { return Outcome() }
            let effects = try deliverNext(minute: minute)
            return Outcome(outbound: effects.outbound, signals: effects.signals, rows: effects.rows)
        case .fire:
            return Outcome(outbound: fireTimers(to: minute))
        case .expire:
            return Outcome(rows: expire(to: minute).rows)
        }
    }
}

/// Effects, to be compared.
struct Outcome: Equatable {
    var outbound: [OutboundEvent] = []
    var signals: [OutboundSignal] = []
    var rows: [RowChange] = []
}

@Suite struct RestoreTests {
    /// A policy whose groups close and expire within the run.
    static let policy = Policy(
        holds: Policy.standard.holds, defaultSeverities: Policy.standard.defaultSeverities,
        signals: Policy.standard.signals,
        correlation: .init(
            gapSeconds: 1_200, spanSeconds: 3_600, membersMax: 4, groupRetentionSeconds: 2_400))

    @Test(arguments: UInt64(1)...12)
    func `a state rebuilt from its rows equals the one that wrote them and decides like it`(
        seed: UInt64
    ) throws {
        var luck = SplitMix64(state: seed)
        var world = World(policy: Self.policy)
        var twin = World(policy: Self.policy)
        var minute: Int64 = 0
        for number in 0..<200 {
            minute += luck.number(0...6)
            let step = Step.random(number, minute: minute, by: &luck)
            if number % 10 == 0 {
                let rebuilt = try world.restored(
                    sortedBy: number % 20 == 0 ? { $0 < $1 } : { $0 > $1 })
                #expect(rebuilt.dump() == world.state.dump())
                #expect(rebuilt.nextTimer == world.state.nextTimer)
                twin.state = rebuilt
            }
            let outcome = try world.take(step, minute: minute)
            #expect(try twin.take(step, minute: minute) == outcome, "step \(number)")
        }
        let kept = world.rows.filter { !$0.key.hasPrefix("member/") }
        #expect(world.state.dump().map(\.key) == kept.keys.sorted())
        #expect(world.state.dump().allSatisfy { $0.value == kept[$0.key] })
    }

    @Test func `loading a row again changes nothing`() throws {
        var world = World()
        for event in [
            Sample.failed("a"), Sample.request(), Sample.release(), Sample.change(due: 60),
        ] { _ = try world.sendThrough(event) }
        var state = try world.restored()
        for (key, value) in world.rows { try state.load(key, value) }
        #expect(state.dump() == world.state.dump())
        world.state = state
        #expect(world.fireTimers(to: 90).count == 1)
        #expect(world.expire(to: 9_000).rows.count == 3)
    }

    @Test func `each kind of row refuses a newer version, another key and missing members`() throws
    {
        var world = World()
        for event in [
            Sample.failed("a"), Sample.request(), Sample.release(), Sample.change(due: 60),
            Sample.change("C-2", id: "x", due: 0),
            Sample.document(.documentApprovedV1, due: 60),
        ] { _ = try world.sendThrough(event) }
        let kinds = Set(world.rows.keys.map { $0.prefix { $0 != "/" } })
        #expect(
            kinds.sorted() == ["affected", "change", "group", "hold", "lot", "member", "timer"])
        for (key, value) in world.rows {
            let text = String(decoding: value, as: UTF8.self)
            var state = TaskState(policy: .standard, limits: Limits())
            let newer = Array(text.replacing(#""v":1"#, with: #""v":2"#).utf8)
            #expect(throws: StateRowError.newerVersion(key: key, version: 2)) {
                try state.load(key, newer)
            }
            for broken in [#"{"v":1}"#, "[]", #"{"v":"1"}"#, #"{"v":0}"#] {
                #expect(throws: StateRowError.self) { try state.load(key, Array(broken.utf8)) }
            }
            #expect(throws: StateRowError.self) { try state.load(key + "x", value) }
            #expect(throws: StateRowError.self) { try state.load("other/\(key)", value) }
            #expect(state.dump().filter { $0.key == key }.count <= 1)
        }
    }
}
