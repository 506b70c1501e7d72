// Seeds of bad days that failed once: they must come out clean. `make simulate` runs new ones, and
// plants each canary (Tests/Tools/canaries.sh).

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
}
