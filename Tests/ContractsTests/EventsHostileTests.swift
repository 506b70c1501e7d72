// Whatever bytes come in, there is a verdict: records mutated by seed, and every event of two real
// plants.

import Contracts
import EventModel
import Foundation
import Testing

/// SplitMix64: the same mutations on every run.
private struct Seeded {
    var state: UInt64
    mutating func next(below bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((bits ^ (bits >> 31)) % UInt64(bound))
    }
}

private func mutate(_ bytes: inout [UInt8], with luck: inout Seeded) {
    guard !bytes.isEmpty else {
        bytes = [UInt8(luck.next(below: 256))]
        return
    }
    let at = luck.next(below: bytes.count)
    switch luck.next(below: 6) {
    case 0: bytes[at] = UInt8(luck.next(below: 256))
    case 1: bytes[at] ^= 1 << UInt8(luck.next(below: 8))
    case 2: bytes.remove(at: at)
    case 3: bytes.insert(Array("\"{}[],:\\0e-".utf8)[luck.next(below: 11)], at: at)
    case 4: bytes.removeSubrange(at...)
    default: bytes.insert(contentsOf: bytes[0..<at], at: luck.next(below: bytes.count))
    }
}

@Suite struct EventsHostileTests {
    @Test func `ten thousand mutated records each get a verdict`() throws {
        let intake = try Intake()
        var luck = Seeded(state: 5)
        var reasons: [RejectionReason: Int] = [:]
        var taken = 0
        for index in 0..<10_000 {
            var record = index % 2 == 0 ? failure : binaryFailure
            for _ in 0...luck.next(below: 3) {
                switch luck.next(below: 8) {
                case 0 where record.key != nil: mutate(&record.key!, with: &luck)
                case 1 where !record.headers.isEmpty:
                    let header = luck.next(below: record.headers.count)
                    mutate(&record.headers[header].value!, with: &luck)
                case 2 where !record.headers.isEmpty:
                    let header = luck.next(below: record.headers.count)
                    var name = Array(record.headers[header].name.utf8)
                    mutate(&name, with: &luck)
                    record.headers[header].name = String(decoding: name, as: UTF8.self)
                default: mutate(&record.value!, with: &luck)
                }
            }
            switch intake.take(record) {
            case .event: taken += 1
            case .refused(let reason, let detail):
                reasons[reason, default: 0] += 1
                #expect(!detail.isEmpty && detail.utf8.count <= Rejection.detailBytesMax)
            }
        }
        #expect(taken > 100 && reasons.count >= 7, "\(taken) taken, \(reasons)")
        // The slot is as good as new after all that.
        #expect(intake.take(failure) == (try Intake()).take(failure))
    }

    @Test(
        .enabled("needs ../shared/data") {
            FileManager.default.fileExists(
                atPath: sharedDirectory.appendingPathComponent("data").path)
        },
        arguments: [
            ("tablets-odd", 7_246), ("tep-d00_te", 878), ("tep-d01_te", 1_920),
            ("tep-d05_te", 1_439),
        ])
    func `every event of the plants' data is taken in`(name: String, count: Int) throws {
        let intake = try Intake()
        let text = try String(
            contentsOf: sharedDirectory.appendingPathComponent("data/\(name).ndjson"),
            encoding: .utf8)
        var identities = Set<String>()
        for line in text.split(separator: "\n") {
            let line = String(line)
            let key = try #require(try member("key", of: line))
            let value = try #require(try member("value", of: line))
            let outcome = intake.take(Record(key: key, value: value))
            let event = try #require(outcome.event, "\(outcome)")
            #expect(event.key == key)
            identities.insert("\(event.identity)")
        }
        #expect(identities.count == count)
    }
}
