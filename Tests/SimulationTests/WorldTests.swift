// Seeds of bad days, and bugs planted among them: the seeds must come out clean, the bugs must not.

import Contracts
import EventModel
import Foundation
import Simulation
import Testing

@Suite struct WorldTests {
    private static let registry = try? ContractRegistry(limits: Limits())

    /// Seeds that failed once, with what it was.
    private static let remembered: [UInt64] = {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "seeds.txt")
        let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }
            .compactMap { UInt64($0.prefix { $0.isNumber }) }
    }()

    @Test(arguments: remembered)
    func `a seed that failed once keeps every promise`(seed: UInt64) throws {
        let report = World(seed: seed, registry: try #require(Self.registry)).run()
        #expect(report.findings == [])
    }

    /// Within so many seeds each bug is found.
    private static let seedsMax = 300

    @Test(arguments: Canary.allCases)
    func `a planted bug is found`(canary: Canary) throws {
        let registry = try #require(Self.registry)
        for seed in 1...UInt64(Self.seedsMax) {
            let found = World(seed: seed, registry: registry, canary: canary).run()
            guard !found.findings.isEmpty else { continue }
            print("\(canary.rawValue): found by seed \(seed)")
            let clean = World(seed: seed, registry: registry).run()
            #expect(clean.findings == [], "without the bug, seed \(seed) is clean")
            return
        }
        Issue.record("\(canary.rawValue) lived through \(Self.seedsMax) seeds")
    }
}
