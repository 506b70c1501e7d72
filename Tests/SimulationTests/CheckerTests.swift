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
}
