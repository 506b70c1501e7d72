// Ids and fingerprints, against values computed elsewhere.

import Digests
import EventModel
import Testing

@Suite struct DigestTests {
    @Test func `an id is the first half of SHA-256 over length-framed parts`() {
        // Computed with Python: hashlib.sha256(b''.join(len(p).to_bytes(4,'big')+p for p in
        // parts)).
        let id = eventID(
            type: .holdAppliedV1, cause: Cause(source: "/mes", id: "e-1", type: "x"),
            rule: "hold.stepFailed", subject: Subject(type: "lot", id: "L-1"))
        #expect(id == "e5bc589d175cefd273028ff8a4f4ed21")
    }

    @Test func `parts are framed, so moving a byte between them changes the identity`() {
        let hasher = Fingerprinter()
        func print(_ a: String, _ b: String) -> Fingerprint {
            Array(a.utf8).withUnsafeBytes { a in
                Array(b.utf8).withUnsafeBytes { hasher.identity(source: a, id: $0) }
            }
        }
        #expect(print("ab", "c") != print("a", "bc"))
        #expect(print("ab", "c") == print("ab", "c"))
        #expect(print("", "") == print("", ""))
    }

    /// The parts side by side, each behind its length, as one span.
    private func framed(_ parts: [[UInt8]?]) -> Fingerprint {
        var bytes: [UInt8] = []
        for part in parts {
            let length = part.map { UInt64($0.count) } ?? .max
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: length >> ($0 * 8)) } + (part ?? [])
        }
        return bytes.withUnsafeBytes { Fingerprinter.of($0) }
    }

    @Test(arguments: Array(0...300) + [590, 3_990, 4_023, 4_024, 4_025, 4_096, 5_000, 70_000])
    func `put side by side or fed one by one, a digest is that of the framed parts`(size: Int) {
        let hasher = Fingerprinter()
        let data = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let (type, time) = (Array("mes.stepFailed.v1".utf8), Array("2026-01-05".utf8))
        data.withUnsafeBytes { data in
            type.withUnsafeBytes { type in
                time.withUnsafeBytes { time in
                    let all = [Array(type), Array("lot/1".utf8), Array(time), Array(data)]
                    let with = Array("lot/1".utf8).withUnsafeBytes {
                        hasher.content(type: type, subject: $0, time: time, data: data)
                    }
                    #expect(with == framed(all))
                    let without = hasher.content(
                        type: type, subject: nil, time: time, data: data)
                    #expect(without == framed([all[0], nil, all[2], all[3]]))
                    #expect(hasher.identity(source: data, id: type) == framed([all[3], all[0]]))
                    #expect(hasher.identity(source: type, id: data) == framed([all[0], all[3]]))
                }
            }
        }
    }

    @Test func `a digest never changes`() {
        let hasher = Fingerprinter()
        let (a, b) = (Array("/mes/plant-1".utf8), Array("e-1".utf8))
        let found = a.withUnsafeBytes { a in
            b.withUnsafeBytes { hasher.identity(source: a, id: $0) }
        }
        #expect(
            found
                == Fingerprint(low: 0x7d30_3db1_258d_1adc, high: 0x6327_4b09_d829_5d25))
    }

    @Test func `an absent subject is not an empty one`() {
        let hasher = Fingerprinter()
        let none = ByteView(start: nil, count: 0)
        let absent = hasher.content(type: none, subject: nil, time: none, data: none)
        let empty = hasher.content(type: none, subject: none, time: none, data: none)
        #expect(absent != empty)
    }
}
