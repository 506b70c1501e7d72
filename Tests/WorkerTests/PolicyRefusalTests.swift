// The two dead letters that only a policy asks for: no other test sees them leave the worker.

import Decisions
import EventModel
import Testing
import Worker

@Suite struct PolicyRefusalTests {
    private func plant(_ intake: Policy.Intake) throws -> Plant {
        let plant = try Plant()
        let standard = Policy.standard
        plant.policy = Policy(
            holds: standard.holds, defaultSeverities: standard.defaultSeverities,
            signals: standard.signals, correlation: standard.correlation, intake: intake)
        return plant
    }

    @Test func `an event of a source that the policy does not name is an unknownSource`() throws {
        let plant = try plant(Policy.Intake(acceptedSources: ["/qms"]))
        try plant.failStep("e1", lot: "L-1")
        try plant.failStep("e1", lot: "L-1")
        #expect(try plant.work().refused == 2)
        let letters = try plant.outputs(.deadLetters)
        // The second is no duplicate: what was refused was not seen.
        #expect(letters.map { $0.headers["hf_reason"] } == ["unknownSource", "unknownSource"])
        #expect(letters[0].headers["hf_detail"]?.contains("/mes") == true)
        #expect(try plant.outputs(.holds, .gates).isEmpty)

        plant.policy = .standard
        try plant.failStep("e1", lot: "L-1")
        #expect(try plant.work().duplicates == 0)
        #expect(try plant.outputs(.holds).map(\.type) == ["holdfast.holdApplied.v1"])
    }

    @Test func `an event about a lot that nobody created is a danglingReference where asked for`()
        throws
    {
        let plant = try plant(Policy.Intake(requireRegisteredLots: true))
        try plant.failStep("e1", lot: "L-1")
        #expect(try plant.work().refused == 1)
        let letters = try plant.outputs(.deadLetters)
        #expect(letters.map { $0.headers["hf_reason"] } == ["danglingReference"])
        #expect(letters[0].headers["hf_detail"]?.contains("L-1") == true)
        #expect(letters[0].key == "L-1")
        #expect(try plant.outputs(.holds, .gates).isEmpty)

        // The way back: create the lot, send the event again.
        try plant.execution("mes.lotCreated.v1", "e0", lot: "L-1")
        try plant.failStep("e1", lot: "L-1")
        #expect(try plant.work().refused == 0)
        #expect(try plant.outputs(.holds).map(\.type) == ["holdfast.holdApplied.v1"])
        #expect(try plant.outputs(.gates).map { $0.text("data.state") } == ["open", "closed"])
    }
}
