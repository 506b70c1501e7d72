// The luck that is written down: ranges, order, chain; and that all of a run follows from it.

import Contracts
import Decisions
import Digests
import EventLog
import EventModel
import Testing

@testable import Worker

@Suite struct BatchRecordTests {
    private func records(_ plant: SimulatedPlant, _ partition: Int32) throws -> [RecordedBatch] {
        var parser = JSONParser(limits: Limits().forOwnRecords)
        return try plant.committed(.audit, partition).map { record in
            try record.value!.withUnsafeBytes { try #require(RecordedBatch(try parser.parse($0))) }
        }
    }

    private func wildRun(seed: UInt64) throws -> SimulatedPlant {
        let run = try FaultyRun(
            Scenario(seed: seed, events: 60, ticks: 90, start: SimulatedTime().now), partitions: 2,
            faults: seed)
        try run.run()
        return run.plant
    }

    @Test(arguments: [901, 902, 903] as [UInt64])
    func `ranges cover every input without gap or overlap, and each record names the one before`(
        seed: UInt64
    ) throws {
        let plant = try wildRun(seed: seed)
        for partition in 0..<plant.partitions {
            var next: [Topic: Offset] = [:]
            var hash = ""
            let batches = try records(plant, partition)
            let bytes = try plant.committed(.audit, partition)
            #expect(batches.count > 3)
            for (index, batch) in batches.enumerated() {
                #expect(batch.sequence == Int64(index + 1))
                #expect(batch.previous == hash)
                hash = bytes[index].value!.withUnsafeBytes { SHA256.hex(of: $0) }
                #expect(batch.ranges.map(\.topic) == Topic.inputs)
                for range in batch.ranges {
                    #expect(range.from == next[range.topic] ?? Offset(0))
                    next[range.topic] = range.to
                }
                guard index > 0 else { continue }
                #expect(batch.epoch >= batches[index - 1].epoch)
                #expect(batch.now >= batches[index - 1].now)
                #expect(batch.timersTo >= batches[index - 1].timersTo)
                #expect(batch.timersTo <= batch.now)
            }
            for topic in Topic.inputs {
                let last = try plant.committed(topic, partition).last
                #expect(next[topic]! >= last?.offset.next ?? Offset(0))
            }
        }
    }

    /// Refused records keep their order in holdfast.dead-letters: what was decided is seen there.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `the order in a batch is the merge that somebody else would make`(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        for _ in 0..<120 {
            for _ in 0..<dice.roll(4) {
                try plant.produce(dice.pick([.mesExecution, .qmsQuality]), key: "k", "{")
                if dice.chance(50) { plant.time.advance(milliseconds: Int64(dice.roll(3))) }
            }
            worker.stream.recordsMax = dice.pick([1, 1, 2, 5])
            try worker.thread.step()
        }
        worker.stream.recordsMax = .max
        try plant.settle(worker)
        let inputs = try [Topic.mesExecution, .qmsQuality].map { ($0, try plant.committed($0, 0)) }
        var expected: [String] = []
        let batches = try records(plant, 0)
        for batch in batches {
            var left = inputs.map { topic, all in
                let range = batch.ranges.first { $0.topic == topic }!
                return (topic, all.filter { $0.offset >= range.from && $0.offset < range.to }[...])
            }
            while true {
                let heads = left.indices.filter { !left[$0].1.isEmpty }
                guard
                    let next = heads.min(by: {
                        left[$0].1.first!.appendTime < left[$1].1.first!.appendTime
                    })
                else { break }
                let record = left[next].1.removeFirst()
                expected.append("\(left[next].0.name)/\(record.offset.rawValue)")
            }
        }
        let found = try plant.committed(.deadLetters, 0).map {
            "\($0.headers["hf_topic"]!)/\($0.headers["hf_offset"]!)"
        }
        #expect(found == expected)
        #expect(found.count == inputs.reduce(0) { $0 + $1.1.count })
        #expect(batches.count > 10)
    }

    @Test
    func
        `a cancellation at the instant wins, one after it is too late, however long the outage`()
        throws
    {
        let plant = try SimulatedPlant(partitions: 1)
        let due = plant.time.now.advanced(seconds: 10)
        let worker = try plant.start("a")
        for change in ["C-1", "C-2"] { try plant.approveChange(change, effectiveFrom: due) }
        try plant.settle(worker)
        try worker.thread.drain()
        plant.time.stepWall(milliseconds: due.milliseconds - plant.time.now.milliseconds)
        for change in ["C-1", "C-2"] {
            try plant.produce(
                .qmsQuality, key: change,
                plant.event(
                    "qms.changeCancelled.v1", "cancel-\(change)", source: "/qms",
                    #"{"changeId":"\#(change)","reason":"no"}"#))
            plant.time.advance(milliseconds: 1)
        }
        plant.time.advance(milliseconds: 3_600_000)
        try plant.settle(try plant.start("a"))
        let changes = try plant.committed(.changes, 0)
        #expect(changes.count == 2)
        let effective = changes.filter { $0.text.contains("holdfast.changeEffective.v1") }
        #expect(effective.map { $0.text.contains(#""changeId":"C-2""#) } == [true])
        #expect(changes.filter { $0.text.contains("alreadyEffective") }.count == 1)
        #expect(try plant.redecide() == [])
    }

    @Test func `no timer fires while the wall clock stands behind an end asked for`() throws {
        let plant = try SimulatedPlant(partitions: 1)
        let worker = try plant.start("a")
        try plant.approveChange("C-1", effectiveFrom: plant.time.now.advanced(seconds: 2))
        try plant.settle(worker)
        plant.time.advance(milliseconds: 2_000)
        let task = try #require(worker.thread.tasks[0])
        task.askedEnds = AskedEnds(at: plant.time.now, ends: task.core.queues.map(\.position))
        plant.time.stepWall(milliseconds: -1_500)
        for _ in 0..<20 { try worker.thread.step() }
        #expect(try plant.ids(.changes).isEmpty)
        plant.time.advance(milliseconds: 2_000)
        try plant.settle(worker)
        #expect(try plant.ids(.changes).count == 1)
        for batch in try records(plant, 0) { #expect(batch.timersTo <= batch.now) }
    }

    @Test func `a run under several policies is decided again, and a changed byte is found`() throws
    {
        let plant = try SimulatedPlant(partitions: 1)
        let strict = Policy(
            holds: [
                .init(
                    type: .stepFailed, severities: [.minor, .major, .critical], holds: [.lot],
                    owner: "strict")
            ],
            defaultSeverities: Policy.standard.defaultSeverities, signals: Policy.standard.signals)
        for (round, policy) in [Policy.standard, strict, .standard].enumerated() {
            plant.policy = policy
            let worker = try plant.start("a")
            for number in 0..<6 {
                try plant.failStep(
                    "e\(round)-\(number)", lot: "L-\(number)",
                    severity: number % 2 == 0 ? "minor" : "critical")
            }
            try plant.settle(worker)
            try worker.thread.drain()
        }
        #expect(try plant.redecide(policies: [.standard, strict]) == [])
        #expect(throws: WorkerError.self) { try plant.redecide() }
        let audits = try plant.committed(.audit, 0)
        for (topic, record, from) in [
            (Topic.audit, audits[1], #""accepted":"#),
            (.holds, try plant.committed(.holds, 0)[2], #""severity":"#),
            (.alerts, try plant.committed(.alerts, 0)[0], #""id":""#),
        ] {
            let change = TamperingReader.Change(
                place: TopicPartition(topic, Partition(0)), offset: record.offset, from: from,
                to: from + (from.hasSuffix(":") && topic == .audit ? "1" : " "))
            #expect(try plant.redecide(policies: [.standard, strict], tampered: change) != [])
        }
    }
}
