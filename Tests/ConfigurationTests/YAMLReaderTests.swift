// The YAML reader: what it takes, where it says things stood, and what it refuses.

import EventModel
import Testing

@testable import Configuration

@Suite struct YAMLReaderTests {
    private func read(_ text: String) throws(ConfigurationError) -> YAMLNode? {
        try YAMLReader.read(Array(text.utf8), file: "f.yaml", limits: Limits())
    }

    @Test func `members keep their order and every value its line and column`() throws {
        let root = try #require(try read("b: 1\na:\n  - x\n  - {c: \"2\"}\n"))
        guard case .mapping(let entries) = root.content else {
            Issue.record("no mapping")
            return
        }
        #expect(entries.map(\.name) == ["b", "a"])
        #expect(entries[0].value.place == "f.yaml:1:4")
        let deep = root.nearest(toPointer: "/a/1/c")
        #expect(deep.place == "f.yaml:4:9")
        #expect(deep.scalar == .string("2"))
        #expect(root.nearest(toPointer: "/a/7/c").place == "f.yaml:3:3")
    }

    @Test(arguments: [
        ("a: &x 1", "f.yaml:1:4: anchors"), ("a: *x", "f.yaml:1:4: aliases"),
        ("a: !!str 1", "f.yaml:1:4: tags"), ("a: 1\na: 2", "f.yaml:2:1: 'a' is written twice"),
        ("a: 1\n---\nb: 2", "f.yaml:2:1: a second document"),
        ("a: [1", "f.yaml:2:1: not YAML"), ("a: \"\\0\"", "f.yaml:1:4: a NUL"),
        ("? [a]\n: 1", "f.yaml:1:3: a name that is a list"),
        (String(repeating: "[", count: 33), "f.yaml:1:33: nested deeper"),
    ])
    func `what could mean something else than it seems is refused by place`(
        text: String, start: String
    ) {
        let error = #expect(throws: ConfigurationError.self) { try read(text) }
        let said = error?.description ?? ""
        #expect(said.hasPrefix(start), "\(said)")
    }

    @Test func `a byte that is no UTF-8 is told by line and column`() {
        let error = #expect(throws: ConfigurationError.self) {
            try YAMLReader.read(
                Array("a: 1\nb: ü".utf8) + [0xff], file: "f", limits: Limits())
        }
        #expect(error?.place == "f:2:5")
    }

    @Test func `a file beyond the limit is refused before it is parsed`() {
        var limits = Limits()
        limits.configurationBytesMax = 10
        #expect(throws: ConfigurationError.self) {
            try YAMLReader.read(Array("a: 12345678".utf8), file: "f", limits: limits)
        }
    }

    @Test(arguments: [
        (
            "{b: 1.50, a: [yes, true, ~, '1', 0x1F, -0, 1e3, 01, .5, 1.]}",
            #"{"a":["yes",true,null,"1","0x1F",-0,1e3,"01",".5","1."],"b":1.50}"#
        ),
        ("a: \"x\\\"y\"\nB:\n", #"{"B":null,"a":"x\"y"}"#),
    ])
    func `canonical JSON follows the core schema as far as JSON goes`(yaml: String, json: String)
        throws
    {
        let root = try #require(try read(yaml))
        #expect(String(decoding: root.canonicalJSON, as: UTF8.self) == json)
    }

    @Test func `ten thousand mutated files are read or refused, never crash`() {
        let seed = Array(
            """
            log: local:./x # comment
            kafka: {sasl.password: "abc", a: [1, 2, {b: c}]}
            text: |
              block
            other: >-
              folded 'x'

            """.utf8)
        var state: UInt64 = 42
        func next() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33)
        }
        let poison = Array("&*!{}[]:-?|>'\"\\#%@`\n\t \u{0}".utf8) + [0xff, 0xc0, 0xe2]
        var refused = 0
        for _ in 0..<10_000 {
            var bytes = seed
            for _ in 0..<(1 + next() % 4) {
                let at = next() % bytes.count
                switch next() % 3 {
                case 0: bytes[at] = poison[next() % poison.count]
                case 1: bytes.insert(poison[next() % poison.count], at: at)
                default: bytes.removeSubrange(at..<min(bytes.count, at + 1 + next() % 8))
                }
                if bytes.isEmpty { bytes = [0x5b] }
            }
            do throws(ConfigurationError) {
                _ = try YAMLReader.read(bytes, file: "f", limits: Limits())
            } catch {
                refused += 1
                #expect(error.place.hasPrefix("f:"))
            }
        }
        // Most mutations break the file, some only change a value.
        #expect((1_000...9_900).contains(refused), "\(refused)")
    }
}
