// What holds a lot, row by row of the default policy.

import Digests
import EventModel
import Testing

@testable import Decisions

@Suite struct ContainmentTests {
    static let table: [(TestEvent, String?, Int, String, String)] = [
        (Sample.failed(severity: "minor"), nil, 1, "failureMode", "minor"),
        (Sample.failed(severity: "major"), nil, 1, "failureMode", "major"),
        (Sample.failed(), "hold.stepFailed", 1, "failureMode", "critical"),
        (Sample.limit(kind: "OOT"), nil, 1, "parameter", "critical"),
        (Sample.limit(severity: "major"), nil, 1, "parameter", "major"),
        (Sample.limit(), "hold.limitExceeded", 1, "parameter", "critical"),
        (Sample.misScan(), nil, 1, "event", "major"),
        (Sample.misScan(severity: "critical"), nil, 1, "event", "critical"),
        (Sample.interlock(), "hold.interlockViolated", 2, "interlock", "critical"),
        (Sample.interlock(severity: "major"), nil, 1, "interlock", "major"),
    ]

    @Test(arguments: table.indices)
    func `each kind of failure holds what the default policy says and is a signal`(
        row: Int
    ) throws {
        let (event, rule, signals, dimension, severity) = Self.table[row]
        var world = World()
        let effects = world.send(event)
        let isHeld = rule != nil
        #expect(effects.outbound.map(\.rule) == (rule.map { [$0] } ?? []) + ["gate.lot"])
        #expect(effects.commitsAtOnce == isHeld)
        #expect(effects.signals.count == signals)
        guard case .gateChanged(_, let isOpen, let reasons, _) = effects.outbound.last?.payload
        else { throw Miss() }
        #expect(isOpen == !isHeld)
        #expect(reasons.count == (isHeld ? 1 : 0))
        let json = TestJSON(effects.signals.last?.value ?? [])
        #expect(json.view.text("kind") == "signal")
        #expect(json.view.text("dimension") == dimension)
        #expect(json.view.text("severity") == severity)
        withExtendedLifetime(json) {}
    }

    @Test func `a critical failure holds with its reason, its values as written`() {
        var world = World()
        let held = world.send(Sample.failed()).outbound[0]
        let cause = Cause(source: "/mes/1", id: "fail", type: "mes.stepFailed.v1")
        let lot = Subject(type: "lot", id: "L-1")
        let id = eventID(
            type: .holdAppliedV1, cause: cause, rule: "hold.stepFailed", subject: lot)
        let text = """
            step S-1 (compress) failed on press-3: lowYield; yield = 71.50 % (lower limit 80.0)
            """
        #expect(held.id == id)
        #expect(held.key == "lot/L-1")
        #expect(held.cause == cause)
        #expect(
            held.payload
                == .holdApplied(
                    holdId: id, subject: lot, reason: Reason(code: "stepFailed", text: text),
                    severity: .critical, owner: "quality",
                    rootCauseKey: "equipment/press-3/failureMode/lowYield", openHoldCount: 1,
                    openHolds: [id]))
    }

    @Test func `a signal has the format of 0001, members sorted by name`() {
        var world = World()
        var event = Sample.failed()
        event.extensions = [.traceparent: "00-a", .authid: "me", .causationid: "dropped"]
        let signal = world.send(event).signals[0]
        #expect(signal.key == "equipment/press-3/failureMode/lowYield")
        #expect(
            String(decoding: signal.value, as: UTF8.self) == """
                {"cause":{"id":"fail","source":"/mes/1","type":"mes.stepFailed.v1"},\
                "dimension":"failureMode","evidence":[{"uri":"s3://e/1"}],\
                "extensions":{"authid":"me","traceparent":"00-a"},"kind":"signal",\
                "lotId":"L-1","refs":{"equipmentId":"press-3","lotId":"L-1",\
                "operation":"compress","operatorId":"op-7","stepId":"S-1"},\
                "rootCauseKey":"equipment/press-3/failureMode/lowYield",\
                "rule":"hold.stepFailed","severity":"critical",\
                "summary":"stepFailed critical: lowYield on press-3, lot L-1",\
                "time":"2026-01-05T06:00:00.000Z","v":1}
                """)
    }

    @Test func `an interlock's equipment is held by the owner of its id, once`() throws {
        var world = World()
        let effects = world.send(Sample.interlock())
        #expect(effects.signals.map(\.key).first == "press 3")
        let outbound = try world.deliverNext(minute: 1)
        let press = Subject(type: "equipment", id: "press 3")
        let cause = Cause(source: "/mes/1", id: "lock", type: "mes.interlockViolated.v1")
        let id = eventID(
            type: .holdAppliedV1, cause: cause, rule: "hold.interlockViolated", subject: press)
        #expect(outbound.outbound.map(\.id) == [id])
        #expect(outbound.outbound.map(\.key) == ["equipment/press 3"])
        #expect(outbound.commitsAtOnce)
        #expect(world.rows["hold/equipment/press%203/\(id)"] != nil)
        world.pending = [effects.signals[0]]
        let again = try world.deliverNext(minute: 2)
        #expect(again.outbound.isEmpty)
        #expect(again.rows.isEmpty)
        #expect(again.count(of: .holdAlreadyKnown) == 1)
    }

    @Test func `every containing event adds its own hold, also on a lot that is held`() {
        var world = World()
        _ = world.send(Sample.failed("a"))
        let second = world.send(Sample.failed("b"))
        #expect(second.outbound.map(\.rule) == ["hold.stepFailed"])
        guard case .holdApplied(_, _, _, _, _, _, let count, let open) = second.outbound[0].payload
        else { return #expect(Bool(false)) }
        #expect(count == 2)
        #expect(open.last == second.outbound[0].id)
    }

    @Test func `a failure repeated after the window holds nothing twice and says so`() {
        var world = World()
        _ = world.send(Sample.failed())
        let again = world.send(Sample.failed())
        #expect(again.outbound.isEmpty)
        #expect(again.count(of: .holdAlreadyKnown) == 1)
        #expect(!again.commitsAtOnce)
    }

    @Test func `what the policy does not name is counted and only registers its lot`() {
        let policy = Policy(holds: [], defaultSeverities: [:], signals: [])
        var world = World(policy: policy)
        let effects = world.send(Sample.failed())
        #expect(effects.outbound.map(\.type) == [.gateChangedV1])
        #expect(effects.signals.isEmpty)
        #expect(effects.count(of: .notInPolicy) == 1)
    }

    @Test func `only trusted sources' correlation ids name a cause`() {
        let trusting = Policy(
            holds: [], defaultSeverities: [:], signals: [.stepFailed],
            correlation: .init(trustedSources: ["/mes/1"]))
        for (policy, key) in [
            (trusting, "correlation/order%2F1"),
            (Policy.standard, "equipment/press-3/failureMode/lowYield"),
        ] {
            var world = World(policy: policy)
            var event = Sample.failed()
            event.extensions = [.correlationid: "order/1"]
            #expect(world.send(event).signals.map(\.key) == [key])
        }
    }

    @Test func `keys are percent-encoded byte by byte, in upper case`() {
        var world = World()
        #expect(
            world.send(Sample.interlock()).signals.map(\.key)
                == ["press 3", "equipment/press%203/interlock/guard%2Fdoor"])
        var event = Sample.misScan("ü~1")
        event.source = "/mes/1"
        #expect(world.send(event).signals.map(\.key) == ["event/%2Fmes%2F1/%C3%BC~1"])
    }
}

struct Miss: Error {}
