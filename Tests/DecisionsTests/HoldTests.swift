// Holds as a set: requests, releases, refusals, dispositions.

import EventModel
import Testing

@testable import Decisions

@Suite struct HoldTests {
    @Test func `a hold may precede its lot: the gate closes and the lot is not registered by it`() {
        var world = World()
        let requested = world.send(Sample.request())
        #expect(requested.outbound.map(\.type) == [.holdAppliedV1, .gateChangedV1])
        #expect(requested.outbound.map(\.rule) == ["hold.requested", "gate.lot"])
        #expect(requested.commitsAtOnce)
        #expect(!world.isRegistered("L-1"))
        let created = world.send(Sample.created())
        #expect(created.outbound.isEmpty)
        #expect(world.isRegistered("L-1"))
    }

    @Test func `a requested hold has no severity and no root cause`() {
        var world = World()
        let lot = Subject(type: "lot", id: "L-1")
        #expect(
            world.send(Sample.request()).outbound[0].payload
                == .holdApplied(
                    holdId: "H-1", subject: lot,
                    reason: Reason(code: "audit", text: "to be looked at"), severity: nil,
                    owner: "qa", rootCauseKey: nil, openHoldCount: 1, openHolds: ["H-1"]))
    }

    @Test(arguments: [
        ([], "H-1", "qa", "unknownHold"),
        ([Sample.request()], "H-2", "qa", "unknownHold"),
        ([Sample.request()], "H-1", "QA", "notOwner"),
        ([Sample.request(owner: "e\u{301}")], "H-1", "\u{e9}", "notOwner"),
        ([Sample.request(), Sample.release()], "H-1", "qa", "alreadyReleased"),
        ([Sample.request(), Sample.release()], "H-1", "other", "alreadyReleased"),
    ])
    func `a release that cannot be is refused with its reason and moves nothing`(
        before: [TestEvent], holdId: String, owner: String, why: String
    ) {
        var world = World()
        for event in before { _ = world.send(event) }
        let refused = world.send(Sample.release(holdId, owner: owner, id: "late"))
        let lot = Subject(type: "lot", id: "L-1")
        #expect(refused.rows.isEmpty)
        #expect(
            refused.outbound.map(\.payload) == [
                .holdReleaseRefused(holdId: holdId, subject: lot, why: why)
            ])
        #expect(!refused.commitsAtOnce)
    }

    @Test func `the last release opens the gate, one before it does not`() {
        var world = World()
        _ = world.send(Sample.created())
        _ = world.send(Sample.request("H-1"))
        #expect(world.send(Sample.request("H-2")).outbound.map(\.type) == [.holdAppliedV1])
        let first = world.send(Sample.release("H-1"))
        let lot = Subject(type: "lot", id: "L-1")
        #expect(
            first.outbound.map(\.payload) == [
                .holdReleased(
                    holdId: "H-1", subject: lot, approver: "q-1", openHoldCount: 1,
                    openHolds: ["H-2"], subjectReleased: false)
            ])
        #expect(!first.commitsAtOnce)
        let last = world.send(Sample.release("H-2", minute: 9))
        #expect(
            last.outbound.map(\.payload) == [
                .holdReleased(
                    holdId: "H-2", subject: lot, approver: "q-1", openHoldCount: 0,
                    openHolds: [], subjectReleased: true),
                .gateChanged(
                    subject: lot, isOpen: true, reasons: [],
                    since: World.at(9).advanced(seconds: 1)),
            ])
        #expect(last.commitsAtOnce)
    }

    @Test func `a holdId is spent for ever`() {
        var world = World()
        for event in [Sample.request(), Sample.release()] { _ = world.send(event) }
        let again = world.send(Sample.request(id: "another"))
        #expect(again.outbound.isEmpty && again.rows.isEmpty)
        #expect(again.count(of: .holdAlreadyKnown) == 1)
    }

    @Test func `ids that differ only in how an accent is composed are two lots`() {
        var world = World()
        _ = world.send(Sample.request(subject: "\u{e9}"))
        let other = world.send(Sample.request(subject: "e\u{301}"))
        #expect(other.outbound.map(\.type) == [.holdAppliedV1, .gateChangedV1])
    }

    @Test func `other subjects have holds and no gate`() {
        var world = World()
        let held = world.send(Sample.request(type: "material", subject: "M-1"))
        #expect(held.outbound.map(\.key) == ["material/M-1"])
        let freed = world.send(Sample.release(type: "material", subject: "M-1"))
        #expect(freed.outbound.map(\.type) == [.holdReleasedV1])
        #expect(world.rows.keys.sorted() == ["hold/material/M-1/H-1"])
    }

    @Test func `a disposition is refused while anything holds, with the list`() {
        var world = World()
        let record = Payload.dispositionRecorded(
            lotId: "L-1", decision: "accepted", decidedBy: "q-1")
        #expect(world.send(Sample.disposition()).outbound.map(\.payload) == [record])
        _ = world.send(Sample.request("H-2"))
        _ = world.send(Sample.request("H-1"))
        let refused = world.send(Sample.disposition()).outbound
        #expect(
            refused.map(\.payload) == [
                .dispositionRefused(
                    lotId: "L-1", decision: "accepted", decidedBy: "q-1",
                    blockers: ["H-2", "H-1"])
            ])
        #expect(refused.map(\.key) == ["lot/L-1"])
    }

    @Test func `lists stop at the limit, counts do not`() {
        var limits = Limits()
        limits.listedHoldsMax = 3
        var world = World(limits: limits)
        for number in 1...4 { _ = world.send(Sample.request("H-\(number)")) }
        guard
            case .holdApplied(_, _, _, _, _, _, let count, let open) =
                world.send(Sample.request("H-5")).outbound[0].payload
        else { return #expect(Bool(false)) }
        #expect(count == 5)
        #expect(open == ["H-1", "H-2", "H-3"])
    }

    @Test func `a hold's row tells what, since when, why and by which cause`() {
        var world = World()
        _ = world.send(Sample.request())
        _ = world.send(Sample.release())
        let row = String(decoding: world.rows["hold/lot/L-1/H-1"] ?? [], as: UTF8.self)
        #expect(row.hasPrefix(#"{"appliedAt":"2026-01-05T06:00:01.000Z","cause":{"id":"requ"#))
        #expect(row.contains(#""release":{"approver":"q-1","at":"2026-01-05T06:00:01.000Z""#))
        #expect(row.hasSuffix(#""time":"2026-01-05T06:00:00.000Z","v":1}"#))
    }

    @Test(arguments: [EventType.trainingCompletedV1, .equipmentStatusChangedV1])
    func `what is decided in a later edition is counted and changes nothing`(type: EventType) {
        var world = World()
        let effects = world.send(TestEvent(type: type, id: "x", key: "P-1", data: "{}"))
        #expect(effects.outbound.isEmpty && effects.rows.isEmpty && effects.signals.isEmpty)
        #expect(effects.count(of: .notYetActedOn) == 1)
        #expect(effects.noEffectCount == 1)
    }
}

extension World {
    func isRegistered(_ lot: String) -> Bool {
        var lot = lot
        return lot.withUTF8 { state.isRegistered(lot: ByteView($0)) }
    }
}
