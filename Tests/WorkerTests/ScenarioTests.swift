// The main job on the embedded log, from records in to records out.

import EventModel
import Testing
import Worker

@Suite struct ScenarioTests {
    @Test
    func `a critical failure holds its lot, closes its gate, raises a deviation and an alert`()
        throws
    {
        let plant = try Plant()
        try plant.execution("mes.lotCreated.v1", "e0", lot: "L-1")
        try plant.failStep("e1", lot: "L-1")
        let counts = try plant.work()
        #expect(counts.accepted == 3)  // two events, one signal
        let holds = try plant.outputs(.holds)
        #expect(holds.map(\.type) == ["holdfast.holdApplied.v1"])
        #expect(holds[0].key == "lot/L-1")
        #expect(holds[0].text("data.openHoldCount") == "1")
        #expect(holds[0].text("causationid") == "e1")
        let gates = try plant.outputs(.gates)
        #expect(gates.map { $0.text("data.state") } == ["open", "closed"])
        #expect(try plant.outputs(.deviations).map(\.type) == ["holdfast.deviationRaised.v1"])
        #expect(try plant.outputs(.alerts).map(\.type) == ["holdfast.alertRaised.v1"])
        #expect(try plant.outputs(.deadLetters).isEmpty)
    }

    @Test func `a record sent again has no second effect, also after a restart and a lost disk`()
        throws
    {
        let plant = try Plant()
        try plant.failStep("e1", lot: "L-1")
        try plant.failStep("e1", lot: "L-1")
        #expect(try plant.work().duplicates == 1)
        try plant.failStep("e1", lot: "L-1")
        #expect(try plant.work().duplicates == 1)
        plant.state += "-another"
        try plant.failStep("e1", lot: "L-1")
        #expect(try plant.work().duplicates == 1)
        #expect(try plant.outputs(.holds).count == 1)
        #expect(try plant.outputs(.alerts).count == 1)
    }

    @Test func `the same id with other content is an identity conflict`() throws {
        let plant = try Plant()
        try plant.failStep("e1", lot: "L-1")
        try plant.failStep("e1", lot: "L-1", severity: "minor")
        let counts = try plant.work()
        #expect(counts.refused == 1)
        let letters = try plant.outputs(.deadLetters)
        #expect(letters.map { $0.headers["hf_reason"] } == ["identityConflict"])
        #expect(letters[0].headers["hf_topic"] == "mes.execution")
    }

    @Test func `every poison record becomes a dead letter and the partition goes on`() throws {
        let plant = try Plant(partitions: 1)
        try plant.produce(.mesExecution, key: "L-1", "{broken")
        try plant.produce(
            .mesExecution, key: nil,
            plant.event("mes.lotCreated.v1", "a", source: "/mes", time: nil, #"{"lotId":"L-1"}"#))
        try plant.produce(.mesExecution, key: "L-1", nil)
        try plant.produce(
            .mesExecution, key: "L-2",
            plant.event("mes.lotCreated.v1", "b", source: "/mes", time: nil, #"{"lotId":"L-1"}"#))
        try plant.produce(.mesExecution, key: "L-1", "\u{0}\u{1}\u{2}")
        try plant.failStep("e1", lot: "L-1")
        try plant.work()
        #expect(
            try plant.outputs(.deadLetters).map { $0.headers["hf_reason"] }
                == ["malformedJson", "keyMissing", "emptyValue", "wrongKey", "malformedJson"])
        #expect(try plant.outputs(.holds).count == 1)
    }

    @Test func `a change becomes effective at its instant and not before`() throws {
        let plant = try Plant()
        try plant.quality(
            "qms.changeApproved.v1", "c1", key: "CHG-1",
            #"{"changeId":"CHG-1","effectiveFrom":"2026-01-05T06:10:00Z","#
                + #""scope":{"recipes":["R1"]},"approvedBy":"a","initiatedBy":"b"}"#)
        try plant.work(steps: 60)
        #expect(try plant.outputs(.changes).isEmpty)
        plant.clock.advance(seconds: 599)
        try plant.work(steps: 60)
        #expect(try plant.outputs(.changes).isEmpty)
        plant.clock.advance(seconds: 1)
        try plant.work()
        let changes = try plant.outputs(.changes)
        #expect(changes.map(\.type) == ["holdfast.changeEffective.v1"])
        #expect(changes[0].text("time") == "2026-01-05T06:10:00Z")
        try plant.work()
        #expect(try plant.outputs(.changes).count == 1)
    }

    @Test func `a change cancelled before its instant never becomes effective`() throws {
        let plant = try Plant()
        try plant.quality(
            "qms.changeApproved.v1", "c1", key: "CHG-1",
            #"{"changeId":"CHG-1","effectiveFrom":"2026-01-05T06:10:00Z","#
                + #""scope":{"recipes":["R1"]},"approvedBy":"a","initiatedBy":"b"}"#)
        plant.clock.advance(seconds: 300)
        try plant.quality(
            "qms.changeCancelled.v1", "c2", key: "CHG-1", #"{"changeId":"CHG-1","reason":"no"}"#)
        plant.clock.advance(seconds: 600)
        try plant.work()
        #expect(try plant.outputs(.changes).isEmpty)
    }

    @Test func `holds are a set: the gate opens after the last release, by its owner only`() throws
    {
        let plant = try Plant()
        try plant.failStep("e1", lot: "L-1")
        try plant.quality(
            "qms.holdRequested.v1", "q1", key: "L-1",
            #"{"holdId":"H1","subject":{"type":"lot","id":"L-1"},"#
                + #""reason":{"code":"x","text":"y"},"owner":"micro"}"#)
        try plant.work()
        let automatic = try #require(
            try plant.outputs(.holds).first { $0.text("data.owner") == "quality" })
        func release(_ id: String, _ hold: String, _ owner: String) throws {
            try plant.quality(
                "qms.holdReleaseApproved.v1", id, key: "L-1",
                #"{"holdId":"\#(hold)","subject":{"type":"lot","id":"L-1"},"owner":"\#(owner)","#
                    + #""approver":"z","meaning":"m","signedAt":"2026-01-05T07:00:00Z"}"#)
        }
        try release("r0", "H1", "quality")
        try release("r1", "H1", "micro")
        try plant.quality(
            "qms.dispositionDecided.v1", "d1", key: "L-1",
            #"{"lotId":"L-1","decision":"accepted","decidedBy":"q","#
                + #""meaning":"m","signedAt":"2026-01-05T07:00:00Z"}"#)
        try plant.work()
        #expect(try plant.outputs(.gates).last?.text("data.state") == "closed")
        try release("r2", automatic.text("data.holdId")!, "quality")
        try plant.quality(
            "qms.dispositionDecided.v1", "d2", key: "L-1",
            #"{"lotId":"L-1","decision":"accepted","decidedBy":"q","#
                + #""meaning":"m","signedAt":"2026-01-05T07:00:00Z"}"#)
        try plant.work()
        #expect(try plant.outputs(.gates).last?.text("data.state") == "open")
        let types = try plant.outputs(.holds).map(\.type)
        #expect(
            types.filter { $0.contains("Refused") } == [
                "holdfast.holdReleaseRefused.v1", "holdfast.dispositionRefused.v1",
            ])
        #expect(types.last == "holdfast.dispositionRecorded.v1")
    }

    @Test func `an interlock violation holds the equipment through its own task`() throws {
        let plant = try Plant()
        try plant.execution(
            "mes.interlockViolated.v1", "i1", lot: "L-1",
            #""equipmentId":"press-9","interlock":"guard","operatorId":"o1""#)
        try plant.work()
        #expect(Set(try plant.outputs(.holds).map(\.key)) == ["lot/L-1", "equipment/press-9"])
    }
}
