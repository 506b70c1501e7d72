// Whole runs on the embedded log, with real threads, decided again from their batch records.

import Contracts
import Decisions
import EventLog
import EventModel
import Testing
import Worker

@Suite struct LocalRedecisionTests {
    /// Runs a worker process of some threads until nothing is left for any of them.
    private func work(_ plant: Plant, threads: Int, limits: Limits) throws -> Int {
        var commits = 0
        // A thread that is idle leaves, though another may still have a signal for its tasks.
        for _ in 0..<8 {
            var settings = WorkerSettings(
                deployment: plant.deployment, stateDirectory: plant.state, policy: plant.policy,
                limits: limits)
            settings.stopsWhenIdle = true
            let supervisor = Supervisor()
            let (directory, clock) = (plant.directory, plant.clock)
            try supervisor.run(
                threads: threads, settings: settings, environment: clock.environment,
                notify: { _ in }
            ) { thread throws(LogError) in
                try LocalStreamLog(
                    directory: directory, thread: thread, of: threads, clock: { clock.now })
            }
            let done = supervisor.totals.commits
            commits += done
            if done == 0 { return commits }
        }
        Issue.record("it finds no rest")
        return commits
    }

    @Test(arguments: [(seed: 21, threads: 1), (22, 2), (23, 3)] as [(seed: UInt64, threads: Int)])
    func `every byte of a run follows from its input and its batch records`(
        seed: UInt64, threads: Int
    ) throws {
        let plant = try Plant(partitions: 4)
        var dice = Dice(seed: seed)
        let scenario = Scenario(
            seed: seed, events: 1_000, ticks: 600, start: plant.clock.now)
        var left = scenario.records[...]
        var commits = 0
        for round in 0..<4 {
            let writer = try LocalLogWriter(
                directory: plant.directory, clock: { [clock = plant.clock] in clock.now })
            for record in left.prefix(round == 3 ? .max : 250) {
                let key = record.key.map { Array($0.utf8) }
                let value = record.value.map { Array($0.utf8) }
                try (key ?? []).withUnsafeBytes { keyBytes in
                    try (value ?? []).withUnsafeBytes { valueBytes in
                        try writer.write(
                            topic: record.topic, partition: nil,
                            key: key == nil ? nil : keyBytes,
                            value: value == nil ? nil : valueBytes, headers: [])
                    }
                }
            }
            left = left.dropFirst(round == 3 ? left.count : 250)
            try writer.flush()
            writer.close()
            var limits = Limits()
            limits.batchRecordsMax = 1 + dice.roll(120)
            limits.commitIntervalMilliseconds = Int64(1 + dice.roll(20))
            if round == 2 { plant.state += "-another" }
            commits += try work(plant, threads: threads, limits: limits)
            plant.clock.advance(seconds: 3)
        }
        #expect(commits > 12)
        let directory = plant.directory
        let differences = try Committed.redecide(
            partitions: 4, deployment: plant.deployment, limits: Limits(),
            policies: [plant.policy]
        ) { () throws(LogError) in try LocalLogReader(directory: directory) }
        #expect(differences == [])
        #expect(try plant.outputs(.holds).count > 100)
        #expect(try plant.outputs(.changes).count > 50)
        #expect(try plant.outputs(.deadLetters).count > 20)
    }
}
