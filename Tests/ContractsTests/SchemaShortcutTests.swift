// The short way and the long way through a schema answer alike: the official suite and every
// schema of the contract, compiled with and without shortcuts, over good values and over values
// in which one part was replaced.

import EventModel
import Testing

@testable import Contracts

/// One schema, compiled twice.
private struct BothWays {
    let short: SchemaChecker
    let long: SchemaChecker

    init(
        _ documents: [(uri: String, text: [UInt8])], unknown: SchemaOptions.UnknownKeywords
    ) throws(SchemaError) {
        var options = SchemaOptions()
        options.unknownKeywords = unknown
        short = try SchemaChecker.compile(documents: documents, options: options)[0]
        options.usesShortcuts = false
        long = try SchemaChecker.compile(documents: documents, options: options)[0]
    }

    /// Whether the text kept the schema; nil when it is no JSON.
    func keeps(_ text: [UInt8], _ parser: inout JSONParser) -> Bool? {
        text.withUnsafeBytes { bytes in
            guard let view = try? parser.parse(bytes) else { return nil }
            let found = short.check(view)
            #expect(found == long.check(view), "\(String(decoding: text, as: UTF8.self))")
            return found == nil
        }
    }
}

/// The text with one of its values in place of another.
private func replaced(_ text: [UInt8], node: Int, by value: String) -> [UInt8] {
    var parser = JSONParser(limits: Limits())
    return text.withUnsafeBytes { bytes in
        guard let view = try? parser.parse(bytes) else { return text }
        let old = view.nodes[node]
        let quote = old.kind == .string ? 1 : 0
        guard !old.isInSideText else { return text }
        let start = Int(old.start) - quote
        let end = Int(old.start) + Int(old.length) + quote
        return Array(text[..<start]) + Array(value.utf8) + Array(text[end...])
    }
}

@Suite struct SchemaShortcutTests {
    /// Around every length and of every kind that a shortcut judges.
    private static let values =
        [
            "\"\"", "\"x\"", "\"ä\"", "\"\\u0001\"", "0", "-1", "1.0", "2.5e3", "1e400", "true",
            "false", "null", "{}", "[]", "[\"\"]", "[1,1]", "{\"id\":1}", "{\"id\":\"\"}",
            "{\"lotId\":\"x\"}",
        ]
        + [63, 64, 65, 255, 256, 257, 1024, 1025].flatMap { count in
            [String(repeating: "x", count: count), String(repeating: "😀", count: count)]
                .map { "\"\($0)\"" }
        }

    @Test func `in the contract, whatever value stands wherever`() throws {
        var parser = JSONParser(limits: Limits())
        var kept = 0
        var refused = 0
        for type in EventType.allCases {
            let path = ContractRegistry.path(of: type)
            let text = Array(try contractFile(path).utf8)
            let both = try BothWays([(path, text)], unknown: .refuse)
            var reader = JSONParser(limits: Limits())
            let examples: [[UInt8]] = try text.withUnsafeBytes { bytes in
                var found: [[UInt8]] = []
                try reader.parse(bytes).member("examples")?.forEachElement {
                    found.append(Array($0.bytes))
                }
                return found
            }
            #expect(!examples.isEmpty)
            for example in examples {
                #expect(both.keeps(example, &parser) == true)
                let count = example.withUnsafeBytes { bytes in
                    (try? reader.parse(bytes)).map { Int($0.nodes[0].next) } ?? 0
                }
                // Names too: a known member becomes an unknown one, or no JSON at all.
                for node in 0..<count {
                    for value in Self.values {
                        switch both.keeps(replaced(example, node: node, by: value), &parser) {
                        case true?: kept += 1
                        case false?: refused += 1
                        case nil: break
                        }
                    }
                }
            }
        }
        #expect(kept > 1_000 && refused > 5_000, "\(kept) kept, \(refused) refused")
    }

    @Test(.enabled(if: SchemaSuite.isPresent, "the suite is not here"))
    func `in the official suite`() {
        var parser = JSONParser(limits: Limits())
        var count = 0
        for file in ["", "optional"].flatMap({ SchemaSuite.files(in: $0) }) {
            for one in SchemaSuite.cases(of: file) {
                guard let both = try? BothWays([("schema:/", one.schema)], unknown: .ignore) else {
                    continue
                }
                for test in one.tests {
                    if both.keeps(test.data, &parser) != nil { count += 1 }
                    for value in Self.values {
                        _ = both.keeps(replaced(test.data, node: 0, by: value), &parser)
                    }
                }
            }
        }
        #expect(count > 1_000, "\(count)")
    }

    @Test(arguments: [
        (#"{"type":"string","minLength":1,"maxLength":2}"#, #""abc""#, false),
        (#"{"type":"string","minLength":2}"#, #""ä""#, false),
        (#"{"type":"string","minLength":2}"#, #""ää""#, true),
        (#"{"minLength":900000000000000000}"#, #""x""#, false),
        (#"{"maxLength":900000000000000000}"#, #""x""#, true),
        (#"{"type":"integer"}"#, "1.5", false), (#"{"type":"integer"}"#, "1.0", true),
        (#"{"type":["object","null"],"properties":{"a":{"type":"null"}}}"#, #"{"a":1}"#, false),
        (#"{"type":"array","items":{"type":"null"}}"#, "[1]", false),
        (#"{"minProperties":1,"properties":{"a":true}}"#, "{}", false),
        (#"{"properties":{"a":true},"allOf":[{"required":["a"]}]}"#, "{}", false),
    ])
    func `where a shortcut could mislead`(schema: String, text: String, isKept: Bool) throws {
        var parser = JSONParser(limits: Limits())
        let both = try BothWays([("schema:/", Array(schema.utf8))], unknown: .refuse)
        #expect(both.keeps(Array(text.utf8), &parser) == isKept)
    }

    @Test func `the inlined comparison is the comparison`() {
        let text = Array("mes.stepCompleted.v1 mes.stepCompleted.v2".utf8)
        text.withUnsafeBytes { bytes in
            for start in 0..<bytes.count {
                for end in start...bytes.count {
                    for other in [0, 7, 21] where other + end - start <= bytes.count {
                        let one = ByteView(rebasing: bytes[start..<end])
                        let two = ByteView(rebasing: bytes[other..<other + end - start])
                        #expect(one.equals(two) == one.elementsEqual(two))
                        #expect(one.isSame(as: two) == one.elementsEqual(two))
                    }
                }
            }
            let one = ByteView(rebasing: bytes[0..<3])
            #expect(!one.equals(ByteView(rebasing: bytes[0..<4])))
            #expect(ByteView(start: nil, count: 0).equals(ByteView(start: nil, count: 0)))
            #expect(ByteView(rebasing: bytes[..<0]).equals(""))
        }
    }
}
