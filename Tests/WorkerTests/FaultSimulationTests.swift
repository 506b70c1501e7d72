// Seeds of luck: workers die, come back, lose their files, are told nonsense by the log. What goes
// out is what goes out when nothing happens.

import EventLog
import EventModel
import Foundation
import Simulation
import Testing

@testable import Worker

/// One run of a scenario under faults by a seed; without dice, nothing goes wrong.
final class FaultyRun {
    let plant: SimulatedPlant
    let scenario: Scenario
    private(set) var workers: [String: SimulatedWorker] = [:]
    private var dice: Dice?
    /// What happened, for the report of a seed that fails.
    private(set) var story: [String] = []
    /// Signals of all workers that ever lived.
    private(set) var signals: Set<String> = []
    /// The pods; one that starts again has its old name and whatever disk its luck leaves it.
    private let names = ["a", "b", "c"]

    init(_ scenario: Scenario, partitions: Int32, faults seed: UInt64?) throws {
        self.scenario = scenario
        plant = try SimulatedPlant(partitions: partitions)
        dice = seed.map { Dice(seed: $0 &+ 77) }
    }

    func run() throws {
        workers["a"] = try plant.start("a")
        var at = scenario.records.startIndex
        for tick in 0..<scenario.ticks {
            while at < scenario.records.endIndex, scenario.records[at].tick <= tick {
                let record = scenario.records[at]
                try plant.produce(record.topic, key: record.key, record.value)
                at += 1
            }
            if dice != nil { try misbehave(tick) }
            for name in workers.keys.sorted() { try step(name) }
            plant.time.advance(milliseconds: Scenario.tickMilliseconds)
        }
        // From here on all is well: everything must come to its end.
        plant.log.expireTransactions()
        dice = nil
        for name in workers.keys.sorted() {
            workers[name]?.stream.crash = nil
            workers[name]?.stream.inner.commitDelay = SimulatedCommitDelay()
        }
        if workers.isEmpty { workers["a"] = try plant.start("a") }
        plant.time.advance(milliseconds: 1_000)
        for _ in 0..<20 {
            plant.time.advance(milliseconds: 100)
            for name in workers.keys.sorted() { try step(name) }
        }
        // One that had begun to die has done so by now, with a transaction open.
        plant.log.expireTransactions()
        if workers.isEmpty { workers["a"] = try plant.start("a") }
        try plant.settle(workers.keys.sorted().map { workers[$0]! })
        for worker in workers.values { signals.formUnion(worker.signals) }
    }

    private func step(_ name: String) throws {
        guard let worker = workers[name] else { return }
        // Little by little: so a record comes after later ones of other inputs were decided.
        worker.stream.recordsMax = dice?.pick([1, 1, 2, 3, 1_000]) ?? 1_000
        do {
            for _ in 0...(dice?.roll(3) ?? 0) { try worker.thread.step() }
        } catch {
            guard error.logError?.code == FaultyStream.crashCode else { throw error }
            story.append("\(name) died")
            bury(name)
        }
    }

    /// The process is gone; the group may take a while to notice.
    private func bury(_ name: String) {
        guard let worker = workers.removeValue(forKey: name) else { return }
        signals.formUnion(worker.signals)
        worker.stream.inner.expireSession()
    }

    private func misbehave(_ tick: Int) throws {
        for name in workers.keys.sorted() {
            workers[name]!.stream.inner.commitDelay = SimulatedCommitDelay(
                asksBeforeOffsets: dice!.pick([0, 0, 1, 4]),
                asksBeforeEnd: dice!.pick([0, 0, 1, 2, 9]))
        }
        guard dice!.chance(25) else { return }
        let name = dice!.pick(names)
        guard let worker = workers[name] else {
            let fate = dice!.roll(4)
            if fate == 0 { plant.deleteState(name) }
            if fate == 1 { try plant.copyState("copy", to: name) }
            story.append("\(tick) \(name) starts, disk \(fate)")
            workers[name] = try plant.start(name)
            return
        }
        let fate = dice!.roll(10)
        story.append("\(tick) \(name) fate \(fate)")
        switch fate {
        case 0: worker.stream.inner.failNextCommit(.aborted)
        case 1: worker.stream.inner.failNextCommit(.outcomeUnknown(applied: true))
        case 2: worker.stream.inner.failNextCommit(.outcomeUnknown(applied: false))
        case 3: worker.stream.inner.failNextCommit(.leftOpen)
        case 4: worker.stream.inner.expireSession()
        case 5: worker.stream.crash = dice!.pick(CrashPoint.allCases)
        case 6: bury(name)
        case 7:
            do { try worker.thread.drain() } catch {
                guard error.logError?.code == FaultyStream.crashCode else { throw error }
            }
            bury(name)
        case 8: plant.log.expireTransactions()
        default: try plant.copyState(name, to: "copy")
        }
    }
}

@Suite struct FaultSimulationTests {
    /// Seeds a block: HOLDFAST_SEEDS for a long night.
    private static let seeds =
        ProcessInfo.processInfo.environment["HOLDFAST_SEEDS"].flatMap(Int.init) ?? 8

    private static func scenario(_ seed: UInt64) -> Scenario {
        Scenario(
            seed: seed, events: 50, ticks: 90, start: Instant(rfc3339: "2026-01-05T06:00:00Z")!)
    }

    @Test(arguments: 0..<5)
    func `whatever fails, the same events go out, each once`(block: Int) throws {
        var signals: Set<String> = []
        defer {
            // A simulation in which nothing goes wrong proves nothing.
            let wanted: Set = [
                "commitRepeated", "commitOutcomeUnknown", "taskLost", "taskRevoked",
                "storeReopened",
                "draining", "recordRefused",
            ]
            #expect(wanted.subtracting(signals).isEmpty)
        }
        for seed in UInt64(block * Self.seeds)..<UInt64((block + 1) * Self.seeds) {
            let scenario = Self.scenario(seed)
            let calm = try FaultyRun(scenario, partitions: 3, faults: nil)
            try calm.run()
            let wild = try FaultyRun(scenario, partitions: 3, faults: seed)
            do { try wild.run() } catch {
                Issue.record("seed \(seed): \(error)\n\(wild.story)")
                return
            }
            signals.formUnion(wild.signals)
            let expected = try calm.plant.outputs()
            let found = try wild.plant.outputs()
            #expect(!expected[.holds]!.isEmpty)
            for topic in SimulatedPlant.outbound where found[topic] != expected[topic] {
                Issue.record(
                    """
                    seed \(seed), \(topic.name): \(found[topic]!) is not \(expected[topic]!)
                    \(wild.story)
                    """)
                return
            }
            let proof = try wild.plant.redecide()
            guard proof.isEmpty else {
                Issue.record("seed \(seed): \(proof.prefix(3))\n\(wild.story)")
                return
            }
        }
    }
}
