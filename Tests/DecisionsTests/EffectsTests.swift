// Effects as the shell uses them: one value for a whole batch.

import EventModel
import Testing

@testable import Decisions

@Suite struct EffectsTests {
    private func decide(_ events: [TestEvent], into effects: inout Effects) -> TaskState {
        var state = TaskState(policy: .standard, limits: Limits())
        for (offset, event) in events.enumerated() {
            event.withInbound(offset: Offset(Int64(offset)), appendTime: World.start) {
                state.apply($0, now: World.start, into: &effects)
            }
        }
        return state
    }

    @Test func `records of one batch keep their own rows, in their order`() {
        var effects = Effects()
        _ = decide([Sample.request(), Sample.release(), Sample.failed()], into: &effects)
        let lots = effects.rows.filter { $0.key == "lot/L-1" }
        #expect(lots.count == 3)
        let texts = lots.map { String(decoding: $0.value ?? [], as: UTF8.self) }
        #expect(texts.map { $0.contains(#""state":"closed""#) } == [true, false, true])
        #expect(texts.map { $0.contains(#""registered":true"#) } == [false, false, true])
        #expect(effects.rows.count { $0.key == "hold/lot/L-1/H-1" } == 2)
    }

    @Test func `a batch with one hold in it commits at once, and reset forgets it`() {
        var effects = Effects()
        _ = decide([Sample.created("L-9"), Sample.failed(), Sample.created("L-8")], into: &effects)
        #expect(effects.commitsAtOnce)
        effects.reset()
        #expect(effects.outbound.isEmpty && effects.signals.isEmpty && effects.rows.isEmpty)
        #expect(!effects.commitsAtOnce)
        _ = decide([Sample.created("L-9")], into: &effects)
        #expect(effects.outbound.count == 1)
        #expect(!effects.commitsAtOnce)
    }

    @Test func `reasons without effect have names, and counts of their own`() {
        #expect(
            NoEffect.allCases.map(\.name) == ["holdAlreadyKnown", "notYetActedOn", "notInPolicy"])
        var effects = Effects()
        let training = TestEvent(type: .trainingCompletedV1, id: "t", key: "P-1", data: "{}")
        _ = decide([training, Sample.failed(), Sample.failed(), training], into: &effects)
        #expect(NoEffect.allCases.map { effects.count(of: $0) } == [1, 2, 0])
        #expect(effects.noEffectCount == 3)
        effects.reset()
        #expect(effects.noEffectCount == 0)
    }

    @Test func `what is carried on goes along with every effect, through signals and timers`()
        throws
    {
        var world = World()
        var failed = Sample.failed()
        failed.extensions = [.correlationid: "c-1", .causationid: "x", .dataref: "d"]
        let carried = [
            CarriedExtension(name: .correlationid, value: "c-1"),
            CarriedExtension(name: .dataref, value: "d"),
        ]
        let outbound = try world.sendThrough(failed)
        #expect(outbound.count == 4)
        #expect(outbound.allSatisfy { $0.extensions == carried })
        #expect(outbound.allSatisfy { $0.cause.id == "fail" })
        var change = Sample.change(due: 9)
        change.extensions = failed.extensions
        _ = world.send(change)
        world.state = try world.restored()
        #expect(world.fireTimers(to: 9).map(\.extensions) == [carried])
    }
}
