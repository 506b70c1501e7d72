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

    @Test func `an absent subject is not an empty one`() {
        let hasher = Fingerprinter()
        let none = ByteView(start: nil, count: 0)
        let absent = hasher.content(type: none, subject: nil, time: none, data: none)
        let empty = hasher.content(type: none, subject: none, time: none, data: none)
        #expect(absent != empty)
    }
}
