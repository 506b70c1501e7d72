// What the demo sends: the made-up shift keeps its contracts and has the story in it, and in real
// time nothing of one run is taken for another's.

import Configuration
import Contracts
import EventModel
import Synchronization
import Testing

@testable import holdfast

@Suite struct DemoScriptTests {
    private static func script(isFast: Bool, runID: String = "demo-abc123") throws -> DemoScript {
        try #require(
            try DemoScript.make(
                lines: DemoSample.lines(), title: "t", runID: runID,
                changeDueSeconds: isFast ? nil : 10))
    }

    @Test func `every event of the sample and of the people is taken in, but the broken one`()
        throws
    {
        let script = try Self.script(isFast: true)
        let decoder = EventDecoder(
            registry: try ContractRegistry(limits: Limits()), limits: Limits(), partitionCount: 1)
        var refused: [String] = []
        for step in script.plant + script.people {
            let key = Array(step.key.utf8)
            let value = Array(step.stamped(at: script.start).utf8)
            let reason: String? = key.withUnsafeBytes { key in
                value.withUnsafeBytes { value in
                    let decoded = decoder.decode(
                        key: key, value: value, headers: .init(start: nil, count: 0),
                        topic: step.topic, partition: Partition(0), offset: Offset(0),
                        appendTime: script.start)
                    guard case .refused(let rejection) = decoded else { return nil }
                    return rejection.reason.rawValue
                }
            }
            if let reason { refused.append(reason) }
        }
        #expect(refused == ["malformedJson"])
    }

    @Test func `steps are in order of time and within the shift`() throws {
        let script = try Self.script(isFast: true)
        #expect(script.plant.map(\.at) == script.plant.map(\.at).sorted())
        #expect(script.people.map(\.at) == script.people.map(\.at).sorted())
        #expect(script.people.allSatisfy { $0.at < script.releaseAt && $0.at > script.start })
        #expect(script.releaseAt < script.end)
        #expect(script.releasedLot == "fill-h1")
    }

    @Test func `in fast time the same shift has the same bytes`() throws {
        #expect(
            try Self.script(isFast: true, runID: "demo-abc123").plant.map(\.value)
                == Self.script(isFast: true, runID: "demo-xyz789").plant.map(\.value))
    }

    @Test func `in real time no lot, event or equipment of one run is another's`() throws {
        func names(_ runID: String) throws -> Set<Substring> {
            let script = try Self.script(isFast: false, runID: runID)
            var names: Set<Substring> = []
            for step in script.plant {
                names.insert(Substring(step.key))
                for field in [#""id":""#, #""equipmentId":""#] {
                    for part in step.value.split(separator: field).dropFirst() {
                        names.insert(part.prefix { $0 != "\"" })
                    }
                }
            }
            return names
        }
        let first = try names("demo-abc123")
        #expect(first.count > 50)
        #expect(try first.isDisjoint(with: names("demo-xyz789")))
    }

    @Test func `in real time the change is due ten seconds after its approval`() throws {
        let approval = try #require(
            try Self.script(isFast: false).people.first { $0.value.contains("changeApproved") })
        let now = Instant(rfc3339: "2026-01-12T06:00:00Z")!
        let value = approval.stamped(at: now)
        #expect(value.contains(#""time":"2026-01-12T06:00:00.000Z""#))
        #expect(value.contains(#""effectiveFrom":"2026-01-12T06:00:10.000Z""#))
    }

    @Test func `the clock stands until it begins, then runs fast, and never goes back`() {
        let monotonic = Mutex<Int64>(5_000_000)
        let start = Instant(rfc3339: "2026-01-12T06:00:00Z")!
        let clock = DemoClock(
            shiftStart: start, speed: 1200, isFast: true,
            environment: Environment(
                now: { start }, monotonicMicroseconds: { monotonic.withLock { $0 } }, random: { 1 })
        )
        monotonic.withLock { $0 += 3_000_000 }
        #expect(clock.now == start.advanced(seconds: 3))
        clock.begin()
        #expect(clock.now == start.advanced(seconds: 3))
        monotonic.withLock { $0 += 1_000_000 }
        #expect(clock.now == start.advanced(seconds: 1203))
    }
}
