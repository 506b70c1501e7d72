// The checkers' own small tools, held against published values: a judge with a bent ruler finds
// nothing wrong with what is bent alike.

import EventModel
import Testing

@testable import Simulation

@Suite struct CheckerPartsTests {
    // Lengths at which the padding changes its form; the digests are another implementation's.
    @Test(arguments: [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (55, "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        (56, "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
        (63, "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
        (64, "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        (119, "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"),
        (120, "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"),
        (1_000, "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
    ])
    func `SHA-256 of so many letters a`(count: Int, hex: String) {
        #expect(EvidenceSHA256.hex(Array(repeating: 97, count: count)) == hex)
    }

    @Test(arguments: [
        ("2026-01-05T06:00:00Z", 1_767_592_800_000_000 as Int64?),
        ("2024-02-29T23:59:60.5+00:00", 1_709_251_199_999_999),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2026-01-05T06:00:00.123456789+05:30", 1_767_573_000_123_456),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
        ("2000-03-01t00:00:00z", 951_868_800_000_000),
        ("2026-02-29T00:00:00Z", nil), ("2026-01-05 06:00:00Z", nil),
        ("2026-01-05T24:00:00Z", nil), ("2026-01-05T06:00:00.Z", nil),
        ("2026-01-05T12:00:60Z", nil), ("2026-01-05T06:00:00", nil),
    ])
    func `a time is read as RFC 3339 has it`(text: String, instant: Int64?) {
        #expect(EvidenceTime.instant(text) == instant)
    }

    @Test(arguments: [
        ("L-1", 778), ("press", 509), ("", 681), ("equipment/p/failureMode/jam", 561),
        ("Stößel", 282), ("abcdefg", 473),
    ])
    func `a key's partition is that of Java producers`(key: String, partition: Int32) {
        #expect(InboundReader.partition(of: Array(key.utf8), count: 1_000) == partition)
    }

    @Test(arguments: [
        "{}", "[]", "0", "-0.5e+3", #""\u00e9\ud83d\ude00\n""#, #"{"a":{"b":[1,true,null]}}"#,
        " [ 1 , 2 ] ", String(repeating: "[", count: 32) + String(repeating: "]", count: 32),
    ])
    func `what is JSON is read`(text: String) {
        #expect((try? EvidenceJSON(Array(text.utf8))) != nil)
    }

    @Test(arguments: [
        "", "{", "[1,]", "01", "1.", "+1", "tru", #"{"a":1,"a":2}"#, #"{"a":1,}"#, #""\x""#,
        #""\ud800""#, #""\udc00\ud800""#, "\"\u{1}\"", "{} {}", "nan", "'a'",
        String(repeating: "[", count: 33) + String(repeating: "]", count: 33),
    ])
    func `what is not JSON is refused`(text: String) {
        #expect((try? EvidenceJSON(Array(text.utf8))) == nil)
    }

    @Test func `members, strings and numbers are found where they stand`() throws {
        let json = try EvidenceJSON(
            Array(#"{"a":[1,-22,"x"],"b":{"c":"\u00e9\"y","d":true},"e":1.5}"#.utf8))
        let list = try #require(json.member("a"))
        #expect(json.elements(list).map { json.integer($0) } == [1, -22, nil])
        let inner = try #require(json.member("b"))
        #expect(json.text("c", of: inner) == "é\"y")
        #expect(json.isString(try #require(json.member("c", of: inner)), "é\"y"))
        #expect(json.isTrue("d", of: inner))
        #expect(json.integer("e") == nil)
        #expect(json.member("c") == nil)
        #expect(String(decoding: json.slice(list), as: UTF8.self) == #"[1,-22,"x"]"#)
    }

    @Test func `bytes that are no UTF-8 are told from bad grammar`() {
        #expect(throws: EvidenceJSON.Fault.notUTF8) { try EvidenceJSON([34, 0xf6, 34]) }
        #expect(throws: EvidenceJSON.Fault.malformed) { try EvidenceJSON([34]) }
    }
}
