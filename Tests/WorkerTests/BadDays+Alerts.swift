// Bad days of alert managers: suppression that leaked, never ended, swallowed the resolution, or
// could not be explained.

import EventModel
import Simulation
import Testing

@testable import Worker

extension BadDays {
    // prometheus/alertmanager#4064: what inhibited an alert lived in memory; after a restart the
    // inhibited alert went out.
    @Test(arguments: [true, false])
    func `a restart does not let a suppressed alert out`(keepsDisk: Bool) throws {
        let plant = try SimulatedPlant(partitions: 2)
        let worker = try plant.start("a")
        try plant.failStep("e1", lot: "L-1", equipment: "press")
        try plant.settle(worker)
        try plant.failStep("e2", lot: "L-2", equipment: "press")
        try plant.settle(worker)
        try worker.thread.drain()
        if !keepsDisk { plant.deleteState("a") }
        let again = try plant.start("a")
        try plant.failStep("e3", lot: "L-3", equipment: "press")
        try plant.settle(again)
        let alerts = try Self.texts(plant, .alerts)
        #expect(alerts.filter { $0.contains("alertRaised") }.count == 1)
        #expect(alerts.filter { $0.contains("alertSuppressed") }.count == 2)
        try Self.expectSound(plant, again)
    }

    // prometheus/alertmanager#1153: once inhibited, an alert stayed inhibited although what
    // inhibited it was long gone.
    @Test func `suppression ends with its group, and a more severe member breaks through`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        let day: [(id: String, severity: String, time: String)] = [
            ("e1", "minor", "06:00:00"), ("e2", "minor", "06:10:00"), ("e3", "major", "06:20:00"),
            ("e4", "minor", "06:25:00"),
            // 31 minutes after the last of the group: another one.
            ("e5", "minor", "06:56:00"),
        ]
        var seen: [String] = []
        for event in day {
            try Self.fail(
                plant, event.id, lot: "L-1", severity: event.severity, at: event.time)
            try plant.settle(worker)
            let last = try #require(try Self.texts(plant, .alerts).last)
            seen.append(last.contains("alertRaised") ? "raised" : "suppressed")
        }
        #expect(seen == ["raised", "suppressed", "raised", "suppressed", "raised"])
        try Self.expectSound(plant, worker)
    }

    // prometheus/alertmanager#226: the resolution of a silenced alert was silenced as well, and
    // somebody had to close it by hand.
    @Test func `suppressed are alerts alone: holds, gates and releases all go out`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        for number in 1...3 {
            try plant.failStep("e\(number)", lot: "L-\(number)", equipment: "press")
            try plant.settle(worker)
        }
        let alerts = try Self.texts(plant, .alerts)
        #expect(alerts.filter { $0.contains("alertSuppressed") }.count == 2)
        #expect(try plant.ids(.deviations).count == 3)
        let holds = try Self.texts(plant, .holds)
        #expect(holds.count == 3)
        // The lot of a suppressed alert is released like any other.
        let hold = try #require(holds.first { $0.contains(#""holdId""#) && $0.contains("L-3") })
        let id = try #require(hold.split(separator: #""holdId":""#).last?.prefix { $0 != "\"" })
        try plant.produce(
            .qmsQuality, key: "L-3",
            plant.event(
                "qms.holdReleaseApproved.v1", "r3", source: "/qms",
                #"{"holdId":"\#(id)","subject":{"type":"lot","id":"L-3"},"owner":"quality","#
                    + #""approver":"z","meaning":"m","signedAt":"2026-01-05T07:00:00Z"}"#))
        try plant.settle(worker)
        let released = try Self.texts(plant, .holds).filter { $0.contains("holdReleased") }
        #expect(released.count == 1)
        let gates = try Self.texts(plant, .gates).filter { $0.contains("lot/L-3") }
        #expect(gates.last?.contains(#""state":"open""#) == true)
        try Self.expectSound(plant, worker)
    }

    // prymitive/karma#223: one could see that an alert was inhibited, never by what. Here the
    // event itself names it, which is what `holdfast explain` prints.
    @Test func `a suppressed alert names what stands for it and why`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        try Self.fail(plant, "leader", lot: "L-1", severity: "major", at: "06:00:00")
        try plant.settle(worker)
        try Self.fail(plant, "second", lot: "L-2", severity: "minor", at: "06:05:00")
        try plant.settle(worker)
        let alerts = try plant.committed(.alerts, 0)
        let raised = try #require(alerts.first { $0.text.contains("alertRaised") })
        let suppressed = try #require(alerts.first { $0.text.contains("alertSuppressed") })
        for part in [
            #""alertId":"\#(raised.id)""#, #""leader":{"source":"/mes","id":"leader"}"#,
            #""rule":"group""#, #""dimension":"failureMode""#,
            #""from":"2026-01-05T06:00:00.000Z","to":"2026-01-05T06:05:00.000Z""#,
            #""memberCount":2"#,
        ] {
            #expect(suppressed.text.contains(part), "\(suppressed.text) lacks \(part)")
        }
        // And the state remembers it for as long as the group is kept.
        let rows = try Self.texts(plant, .state)
        #expect(
            rows.contains {
                $0.contains(#""suppressed":true"#)
                    && $0.contains(#""leader":{"id":"leader","source":"/mes"}"#)
            })
        try Self.expectSound(plant, worker)
    }
}
