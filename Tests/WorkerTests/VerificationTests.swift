// A run is proven from its log alone; what was not decided by it is named.

import Configuration
import Decisions
import EventLog
import EventModel
import Testing
import Worker

@Suite struct VerificationTests {
    private func verify(_ plant: Plant, directory: String? = nil) throws -> VerificationReport {
        let directory = directory ?? plant.directory
        let limits = Limits()
        let verification = Verification(
            deployment: plant.deployment, limits: limits,
            makeReader: { () throws(LogError) in try LocalLogReader(directory: directory) },
            policyOf: {
                try? PolicyFile.policy(Array($0.utf8), file: "batch record", limits: limits)
            })
        return try #require(try verification.run { _ in true })
    }

    private func makeRun() throws -> Plant {
        let plant = try Plant()
        try plant.failStep("e1", lot: "L-1")
        try plant.failStep("e2", lot: "L-2")
        try plant.failStep("e1", lot: "L-1")
        try plant.produce(.mesExecution, key: "L-1", "{broken")
        try plant.work()
        plant.state += "-another"
        try plant.failStep("e3", lot: "L-1", severity: "minor")
        try plant.work()
        return plant
    }

    @Test func `a run over a restart and a lost disk is proven`() throws {
        let report = try verify(makeRun())
        #expect(report.differences == [])
        #expect(report.notes == [])
        #expect(report.records == 8)  // five events, three signals
        #expect(report.outputs >= 12)
    }

    @Test func `a record that no batch decided is named by its place`() throws {
        let plant = try makeRun()
        try plant.produce(.holds, key: "lot/L-9", "{}", partition: 2)
        let offset = try plant.outputs(.holds).filter { $0.key == "lot/L-9" }.count
        #expect(offset == 1)
        let report = try verify(plant)
        #expect(report.differences.count == 1)
        #expect(report.differences[0].hasPrefix("holdfast.holds/2 offset "))
        #expect(report.differences[0].contains("lot/L-9"))
    }

    @Test func `another deployment's name makes every output differ`() throws {
        let plant = try makeRun()
        plant.deployment = "another"
        #expect(try verify(plant).differences.count > 4)
    }

    @Test func `stopped before the end it proves nothing`() throws {
        let plant = try makeRun()
        let verification = Verification(
            deployment: plant.deployment, limits: Limits(),
            makeReader: { () throws(LogError) in
                try LocalLogReader(directory: plant.directory)
            }, policyOf: { _ in .standard })
        #expect(try verification.run { _ in false } == nil)
    }
}
