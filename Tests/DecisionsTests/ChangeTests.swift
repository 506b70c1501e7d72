// Changes and documents: timers, cancellations, refusals.

import EventModel
import Testing

@testable import Decisions

@Suite struct ChangeTests {
    @Test func `a change becomes effective at its instant, in its approval's name`() {
        var world = World()
        let approved = world.send(Sample.change(due: 60))
        #expect(approved.outbound.isEmpty)
        #expect(approved.rows.map(\.key) == ["timer/2026-01-05T07:00:00.000Z/0"])
        #expect(world.state.nextTimer == World.at(60))
        let fired = world.fireTimers(to: 60)
        #expect(fired.map(\.time) == ["2026-01-05T07:00:00.000Z"])
        #expect(fired.map(\.cause.id) == ["approve"])
        #expect(fired.map(\.key) == ["C-1"])
        #expect(
            fired.map(\.payload) == [
                .changeEffective(
                    changeId: "C-1", effectiveFrom: "2026-01-05T07:00:00.000Z",
                    scope: RawJSON(#"{"documents":["D-1"]}"#), approvedBy: "b")
            ])
        #expect(world.rows.keys.sorted() == ["change/C-1"])
        #expect(world.state.nextTimer == nil)
    }

    @Test(arguments: [(4, true), (5, true), (6, false)])
    func `an instant not later than the approval's append time does not wait`(
        due: Int64, isAtOnce: Bool
    ) {
        var world = World()
        let effects = world.send(Sample.change(due: due, minute: 5))
        #expect(effects.outbound.map(\.type) == (isAtOnce ? [.changeEffectiveV1] : []))
        #expect((world.state.nextTimer == nil) == isAtOnce)
    }

    @Test func `who asked for a change does not approve it`() {
        var world = World()
        let effects = world.send(Sample.change(due: 60, initiatedBy: "b"))
        #expect(
            effects.outbound.map(\.payload) == [
                .changeRefused(changeId: "C-1", why: "initiatorIsApprover")
            ])
        #expect(effects.rows.isEmpty)
    }

    /// The timer is due at minute 60. Whether it has fired when the cancellation is read is luck.
    @Test(arguments: [
        (59, false, nil), (60, false, nil), (61, false, "alreadyEffective"),
        (61, true, "alreadyEffective"),
    ])
    func `a cancellation is in time by its append time alone`(
        minute: Int64, hasFired: Bool, why: String?
    ) {
        var world = World()
        _ = world.send(Sample.change(due: 60))
        if hasFired { _ = world.fireTimers(to: 60) }
        let cancelled = world.send(Sample.cancel(minute: minute))
        let refused = why.map { [Payload.changeRefused(changeId: "C-1", why: $0)] } ?? []
        #expect(cancelled.outbound.map(\.payload) == refused)
        let fires = !hasFired && why != nil
        #expect(world.fireTimers(to: 90).count == (fires ? 1 : 0))
        #expect(world.rows.keys.contains("change/C-1") == (why != nil))
    }

    @Test func `a change nobody approved, and one cancelled before, are unknown`() {
        var world = World()
        let unknown = [Payload.changeRefused(changeId: "C-1", why: "unknownChange")]
        #expect(world.send(Sample.cancel(minute: 0)).outbound.map(\.payload) == unknown)
        _ = world.send(Sample.change(due: 60))
        #expect(world.send(Sample.cancel(minute: 1)).outbound.isEmpty)
        #expect(world.send(Sample.cancel(minute: 2)).outbound.map(\.payload) == unknown)
    }

    @Test func `each approval arms its own timer; a cancellation takes those still to come`() {
        var world = World()
        for (id, due) in [("a", Int64(10)), ("b", 20), ("c", 30)] {
            _ = world.send(Sample.change(id: id, due: due))
        }
        _ = world.send(Sample.change("C-2", id: "other", due: 25))
        #expect(world.send(Sample.cancel(minute: 15)).outbound.isEmpty)
        #expect(world.fireTimers(to: 60).map(\.cause.id) == ["a", "other"])
    }

    @Test func `equal instants fire by the offset of what armed them`() {
        var world = World()
        for id in ["d", "c", "b", "a"] { _ = world.send(Sample.change(id, id: id, due: 30)) }
        #expect(world.fireTimers(to: 30).map(\.cause.id) == ["d", "c", "b", "a"])
    }

    @Test(arguments: [EventType.documentApprovedV1, .documentRetiredV1])
    func `documents become effective and retire at their instants`(type: EventType) {
        var world = World()
        #expect(world.send(Sample.document(type, due: 7)).outbound.isEmpty)
        let fired = world.fireTimers(to: 7)
        let isRetired = type == .documentRetiredV1
        #expect(fired.map(\.type) == [isRetired ? .documentRetiredOutV1 : .documentEffectiveV1])
        #expect(fired.map(\.subject.text) == ["document/D-1"])
        #expect(fired.map(\.rule) == ["document"])
        let payload: Payload =
            isRetired
            ? .documentRetired(
                documentId: "D-1", version: "2", supersedes: "1", guideId: nil,
                qmsRecordId: "Q-9")
            : .documentEffective(
                documentId: "D-1", version: "2", supersedes: "1", guideId: nil,
                qmsRecordId: "Q-9")
        #expect(fired.map(\.payload) == [payload])
        #expect(world.rows.isEmpty)
    }
}
