// A seed is a run: what happens in it depends on nothing but the seed.

import Contracts
import EventModel
import Simulation
import Testing

@Suite struct DeterminismTests {
    private static let registry = try? ContractRegistry(limits: Limits())

    private func story(of seed: UInt64) throws -> (lines: [String], digest: String) {
        let registry = try #require(Self.registry)
        var lines: [String] = []
        let report = World(seed: seed, registry: registry, onTrace: { lines.append($0) }).run()
        #expect(report.findings == [])
        return (lines, report.digest)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `the same seed tells the same story, byte for byte`(seed: UInt64) throws {
        let first = try story(of: seed)
        let second = try story(of: seed)
        #expect(first.lines.count > 20)
        #expect(first.lines == second.lines)
        #expect(first.digest == second.digest)
    }
}
