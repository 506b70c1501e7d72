// The checkers find nothing in a run that went well.

import EventModel
import Testing

@testable import Simulation

@Suite struct CheckerTests {
    @Test func `a busy day that went well has no finding`() throws {
        let plant = try CheckerPlant()
        try plant.busyDay()
        let evidence = try plant.evidence()
        let findings = Checkers.examine(evidence)
        #expect(findings == [])
        let outputs = OutboundKind.topics.flatMap { evidence.places(of: $0) }
            .reduce(0) { $0 + $1.partition.records.count }
        #expect(outputs > 25)
    }

    @Test func `a reader sees what the log shows`() throws {
        let plant = try CheckerPlant()
        try plant.busyDay()
        let direct = RunEvidence(plant.log, deployment: CheckerPlant.deployment)
        let read = try RunEvidence(
            reading: SimulatedLogReader(plant.log), deployment: CheckerPlant.deployment)
        for (place, partition) in direct.topics {
            #expect(read.topics[place]?.records == partition.records)
            #expect(read.topics[place]?.end == partition.end)
        }
        #expect(Checkers.examine(read) == [])
    }
}
