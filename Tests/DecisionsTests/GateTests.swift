// The lot's gate: when a row is written and what it says.

import EventModel
import Testing

@testable import Decisions

@Suite struct GateTests {
    @Test(arguments: [
        Sample.created(), Sample.step(), Sample.step(.stepCompletedV1), Sample.misScan(),
        TestEvent(type: .materialConsumedV1, id: "m", key: "L-1", data: #"{"lotId":"L-1"}"#),
    ])
    func `the first execution event of a lot writes an open row, without haste`(event: TestEvent) {
        var world = World()
        let first = world.send(event)
        let lot = Subject(type: "lot", id: "L-1")
        #expect(
            first.outbound.map(\.payload) == [
                .gateChanged(
                    subject: lot, isOpen: true, reasons: [],
                    since: World.start.advanced(seconds: 1))
            ])
        #expect(!first.commitsAtOnce)
        #expect(first.rows.count == 1)
        let second = world.send(Sample.step(.stepCompletedV1, "next"))
        #expect(second.outbound.isEmpty && second.rows.isEmpty)
    }

    @Test func `a lot that fails at once gets one row, closed`() {
        var world = World()
        let effects = world.send(Sample.failed())
        #expect(effects.outbound.map(\.type) == [.holdAppliedV1, .gateChangedV1])
        #expect(effects.rows.map(\.key).filter { $0 == "lot/L-1" }.count == 1)
    }

    /// The gate closes at minute 10, `since` is one second later.
    @Test(arguments: [(9, false), (10, false), (11, true)])
    func `a step started after the gate closed is a signal and a hold`(
        minute: Int64, isBypass: Bool
    ) {
        var world = World()
        _ = world.send(Sample.request(minute: 10))
        var start = Sample.step(minute: minute)
        start.appendMinute = 20
        let effects = world.send(start)
        #expect(effects.outbound.map(\.rule) == (isBypass ? ["hold.gateBypassed"] : []))
        #expect(effects.signals.map(\.key) == (isBypass ? ["gate/lot/L-1"] : []))
        guard isBypass,
            case .holdApplied(_, _, let reason, let severity, _, let key, _, _) =
                effects.outbound[0].payload
        else { return }
        #expect(severity == .major)
        #expect(key == "gate/lot/L-1")
        #expect(
            reason.text == """
                step S-1 (compress) was started on press-3 through a closed gate (closed since \
                2026-01-05T06:10:01.000Z)
                """)
    }

    /// The start's event time is minute 10; `now` of the batch that closed the gate varies.
    @Test(arguments: [(Int64(0), false), (1, false), (-1, true), (-1_000, true)])
    func `a start at the very instant of since is no bypass, a millisecond later is`(
        milliseconds: Int64, isBypass: Bool
    ) {
        var world = World()
        let now = Instant(rawValue: World.at(10).rawValue + milliseconds * 1000)
        _ = world.send(Sample.request(), now: now)
        #expect(world.send(Sample.step(minute: 10)).signals.isEmpty == !isBypass)
    }

    @Test func `through an open gate a step starts without a word`() {
        var world = World()
        _ = world.send(Sample.request())
        _ = world.send(Sample.release(minute: 1))
        _ = world.send(Sample.created())
        let effects = world.send(Sample.step(minute: 5))
        #expect(effects.outbound.isEmpty && effects.rows.isEmpty && effects.signals.isEmpty)
    }

    @Test func `a closed gate gives its reasons, one per open hold, oldest first`() {
        var world = World()
        _ = world.send(Sample.request("H-2"))
        _ = world.send(Sample.request("H-1"))
        _ = world.send(Sample.release("H-2"))
        _ = world.send(Sample.release("H-1"))
        let closed = world.send(Sample.request("H-3")).outbound.last
        guard case .gateChanged(_, false, let reasons, _) = closed?.payload else {
            return #expect(Bool(false))
        }
        #expect(
            reasons == [
                GateReason(
                    holdId: "H-3", reason: Reason(code: "audit", text: "to be looked at"))
            ])
    }
}
