// The checkers look at runs in which workers die, lose their files and are told nonsense by the
// log: an independent model must come to the same outputs, states and windows.

import EventModel
import Foundation
import Simulation
import Testing

@testable import Worker

extension FaultyRun {
    /// What the run has left, disks of all workers that still live.
    func evidence() throws -> RunEvidence {
        var evidence = RunEvidence(plant.log, deployment: SimulatedPlant.deployment)
        for name in workers.keys.sorted() {
            for case let task? in workers[name]!.thread.tasks {
                evidence.disks.append(
                    try DiskEvidence(
                        task.store, worker: name, task: task.partition.rawValue, isOwner: true))
            }
        }
        return evidence
    }
}

@Suite struct CheckedFaultTests {
    @Test(arguments: 0..<4)
    func `an independent model finds nothing to say about a run with faults`(block: Int) throws {
        let seeds =
            ProcessInfo.processInfo.environment["HOLDFAST_SEEDS"].flatMap(Int.init) ?? 8
        for seed in UInt64(block * seeds)..<UInt64((block + 1) * seeds) {
            let scenario = Scenario(
                seed: seed, events: 50, ticks: 90,
                start: Instant(rfc3339: "2026-01-05T06:00:00Z")!)
            let run = try FaultyRun(scenario, partitions: 3, faults: seed)
            try run.run()
            let evidence = try run.evidence()
            #expect(evidence.disks.count == 3)
            let findings = Checkers.examine(evidence)
            guard findings.isEmpty else {
                Issue.record("seed \(seed): \(findings.prefix(5))\n\(run.story)")
                return
            }
        }
    }
}
