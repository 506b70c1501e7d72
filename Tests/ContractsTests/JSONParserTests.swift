// What is JSON and what is not, case by case (in the manner of JSONTestSuite), and what the index
// of a good text looks like.

import EventModel
import Testing

@testable import Contracts

@Suite struct JSONParserTests {
    @Test(arguments: [
        ("0", "0"), ("-0", "-0"), (" [ ] ", "[]"), ("{}", "{}"), ("\"\"", "\"\""),
        ("null", "null"), ("true", "true"), ("\tfalse\r\n", "false"),
        ("[1,2.5,-3e+7,4E-2,0.0]", "[1,2.5,-3e+7,4E-2,0.0]"),
        ("1e400", "1e400"), ("-1e-1000000000", "-1e-1000000000"),
        (
            "[123456789012345678901234567890123456789012345678901234567890]",
            "[123456789012345678901234567890123456789012345678901234567890]"
        ),
        (#"{"a":[1,"x"],"b":null}"#, #"{"a":[1,"x"],"b":null}"#),
        (#"{ "a" : { "b" : [ true , false ] } }"#, #"{"a":{"b":[true,false]}}"#),
        (#"["\"\\\/\b\f\n\r\t"]"#, #"["\"\\/\b\f\n\r\t"]"#),
        (#"["\u0041\u00e9\u20AC\ud83d\uDE00"]"#, "[\"Aé€😀\"]"),
        (#"["\u0000"]"#, #"["\u0000"]"#), ("[\"\u{7f}\"]", "[\"\u{7f}\"]"),
        (#"["\\","\\\\","a\\"]"#, #"["\\","\\\\","a\\"]"#), ("[\"é€😀\"]", "[\"é€😀\"]"),
        (#"["\uD834\uDD1E\uFFFF"]"#, "[\"\u{1D11E}\u{FFFF}\"]"),
        (#"{"":0," ":1}"#, #"{"":0," ":1}"#), (#"[ "a" ,"b"]"#, #"["a","b"]"#),
    ])
    func `JSON is read`(text: String, rendered: String) {
        #expect(parse(text) == .value(rendered))
    }

    @Test(arguments: [
        "", " ", "\u{feff}1", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[1,,2]", "[1 2]",
        "[1}", "{]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\" 1}", "{,}", "{1:2}", "{a:1}",
        "{\"a\":1 \"b\":2}", "{\"a\"::1}", "{'a':1}", "1 2", "[] []", "[]]", "{}}", "{}x", "[]#",
        "nul", "nulll", "True", "truex", "[true1]", "fals", "tru e", "NaN", "Infinity", "-Infinity",
        "+1", "-", "--1", "01", "-01", "1.", ".5", "-.5", "1.e5", "1e", "1e+", "1eE2", "0x10",
        "1_000", "1.2.3", "1 .5", "[1a]", "[0e]", "1\u{0}", "\u{0}", "\"", "\"abc", "\"\\\"",
        "[\"a\"b]", "[\"a\"\"b\"]", "[1\"a\"]", "[\"a\"1\"b\"]", "\"\\x\"", "\"\\u12\"",
        "\"\\u12G4\"", "\"\\\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\n\"",
        "\"\\ud800\\ud800\"", "\"\\ud800x\"", "\"\\ud83d\\u00\"", "\"\\U0041\"", "\"\\ \"",
        "\"a\nb\"", "\"a\tb\"", "\"\u{0}\"", "\"\u{1f}\"", "/* */1", "// x\n1", "[1]//", "\\\"a\"",
        "[\\\"a\"]", "[\"a\"\\]", "[1\\n]", "\u{c}1", "[\u{c}]", "\u{1a}1", "[\u{a0}1]",
        "\u{2028}1",
        "{\"a\":1,\"b\"}", "[\"\\\u{e9}\"]", "<null>", "[*]", "{\"a\":\"b\"]", "\"\\uD834",
    ])
    func `what is no JSON is malformed`(text: String) {
        guard case .error(.malformed) = parse(text) else {
            Issue.record("\(text.debugDescription) gave \(parse(text))")
            return
        }
    }

    @Test(
        arguments: [
            [0x22, 0xff, 0x22], [0x22, 0xc0, 0xaf, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0xff],
            [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xe2, 0x82, 0x22], [0x5b, 0x80, 0x5d],
            [0x22, 0x0a, 0xff, 0x22], [0x22, 0xc3],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 have their own name`(bytes: [UInt8]) {
        #expect(parse(bytes) == .error(.notUtf8))
    }

    @Test func `a fault is told with its place`() {
        #expect(
            parse("[1,x]") == .error(.malformed(what: "expected a value", byteOffset: 3)))
        #expect(
            parse("{\"a\":1} 2")
                == .error(.malformed(what: "content after the value", byteOffset: 8)))
        #expect(
            parse("\"a") == .error(.malformed(what: "a string without an end", byteOffset: nil)))
    }

    @Test(arguments: [
        (#"{"a":1,"a":1}"#, "a"), (#"{"a":1,"b":{"c":1},"a":2}"#, "a"), (#"{"":1,"":2}"#, ""),
        (#"{"é":1,"\u00e9":2}"#, "é"), (#"[{"x":{"k":0,"\u006b":1}}]"#, "k"),
        ("{" + (0..<40).map { "\"n\($0)\":{}" }.joined(separator: ",") + ",\"n7\":1}", "n7"),
        ("{" + (0..<17).map { "\"n\($0 % 16)\":0" }.joined(separator: ",") + "}", "n0"),
    ])
    func `a name that stands twice is refused`(text: String, name: String) {
        #expect(parse(text) == .error(.duplicateName(name)))
    }

    @Test func `equal names in different objects are no duplicates`() {
        #expect(parse(#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}"#) != .error(.duplicateName("a")))
        let large = "{" + (0..<5000).map { "\"n\($0)\":\($0)" }.joined(separator: ",") + "}"
        #expect(parse(large) == .value(large))
    }

    @Test func `limits are exact`() {
        var limits = Limits()
        limits.jsonDepthMax = 3
        limits.jsonNodesMax = 5
        #expect(parse("[[[]]]", limits: limits) == .value("[[[]]]"))
        #expect(parse("[[[[]]]]", limits: limits) == .error(.tooDeep))
        #expect(parse("[[[]],[[]]]", limits: limits) == .value("[[[]],[[]]]"))
        #expect(parse(#"{"a":1,"b":2}"#, limits: limits) == .value(#"{"a":1,"b":2}"#))
        #expect(parse("[1,2,3,4,5]", limits: limits) == .error(.tooManyValues))
        limits.jsonDepthMax = 0
        #expect(parse("1", limits: limits) == .value("1"))
        #expect(parse("[]", limits: limits) == .error(.tooDeep))
    }

    @Test func `the index is what EventModel says it is`() throws {
        var parser = JSONParser(limits: Limits())
        let text: [UInt8] = Array(#"{"a":[1,"x"],"b\n":null}"#.utf8)
        try text.withUnsafeBytes { bytes in
            let root = try parser.parse(bytes)
            #expect((0..<7).map { root.nodes[$0].next } == [7, 2, 5, 4, 5, 6, 7])
            #expect(
                (0..<7).map { root.nodes[$0].kind }
                    == [.object, .string, .array, .number, .string, .string, .null])
            #expect(root.nodes[0].count == 2 && root.nodes[2].count == 2)
            #expect(root.at(2).bytes.isSame(as: #"[1,"x"]"#))
            #expect(root.bytes.count == text.count)
            #expect(root.nodes[5].isInSideText && root.at(5).bytes.isSame(as: "b\n"))
            #expect(!root.nodes[4].isInSideText && root.at(4).bytes.isSame(as: "x"))
        }
    }
}
