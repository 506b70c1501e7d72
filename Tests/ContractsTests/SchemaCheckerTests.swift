// Words: what a violation and a refused schema say. (That the answers are right is the official
// suite's business.)

import EventModel
import Testing

@testable import Contracts

@Suite struct SchemaCheckerTests {
    private func violation(_ schema: String, _ text: String) throws -> SchemaViolation? {
        let checker = try SchemaChecker.compile(schema)
        var parser = JSONParser(limits: Limits())
        return try Array(text.utf8).withUnsafeBytes { checker.check(try parser.parse($0)) }
    }

    @Test(arguments: [
        (
            #"{"properties":{"a":{"items":{"type":"string"}}}}"#, #"{"a":["x",1]}"#, "/a/1", "type",
            "is not of type string"
        ),
        (
            #"{"required":["a","b"],"properties":{"a":true}}"#, #"{"a":1}"#, "", "required",
            "the member \"b\" is missing"
        ),
        (#"{"required":["b"]}"#, "{}", "", "required", "the member \"b\" is missing"),
        (
            #"{"properties":{"a":true},"additionalProperties":false}"#, #"{"a":1,"b/~":2}"#,
            "/b~1~0", "additionalProperties", "the member \"b/~\" is not allowed"
        ),
        (#"{"enum":[1,"x"]}"#, "2", "", "enum", "is none of the listed values"),
        (
            #"{"items":{"minLength":2}}"#, #"["ab","a"]"#, "/1", "minLength",
            "is shorter than 2 characters"
        ),
        (#"{"maximum":1e2}"#, "100.1", "", "maximum", "is greater than the maximum"),
        (
            #"{"propertyNames":{"pattern":"^[a-z]+$"}}"#, #"{"x":{},"A":1}"#, "", "propertyNames",
            "the name \"A\" is not allowed"
        ),
        (
            ##"{"$ref":"#/$defs/t","$defs":{"t":{"format":"date-time"}}}"##, #""2026-13-01""#, "",
            "format", "is no RFC 3339 date-time"
        ),
        (
            #"{"dependentRequired":{"a":["b"]}}"#, #"{"a":1}"#, "", "dependentRequired",
            "the member \"b\" is missing"
        ),
        (
            #"{"prefixItems":[true],"items":false}"#, "[1,2]", "/1", "items",
            "is an element too many"
        ),
        (
            #"{"anyOf":[{"type":"null"},{"const":1}]}"#, "2", "", "anyOf",
            "meets none of the alternatives"
        ),
        ("false", "1", "", "", "is not allowed"),
    ])
    func `a violation names its place, its keyword and its reason`(
        schema: String, text: String, pointer: String, keyword: String, message: String
    ) throws {
        #expect(
            try violation(schema, text)
                == SchemaViolation(pointer: pointer, keyword: keyword, message: message))
    }

    @Test(
        arguments: [
            (
                #"{"properties":{"a":{"tpye":"string"}}}"#, "/properties/a", "tpye",
                .unsupportedKeyword
            ),
            (
                #"{"$defs":{"a":{"unevaluatedItems":false}}}"#, "/$defs/a", "unevaluatedItems",
                .unsupportedKeyword
            ),
            (#"{"$ref":"other.json"}"#, "", "$ref", .unresolvedReference("other.json")),
            (##"{"$ref":"#/$defs/x"}"##, "", "$ref", .unresolvedReference("#/$defs/x")),
            (##"{"$ref":"#"}"##, "", "", .endlessRecursion),
            (##"{"allOf":[{"anyOf":[{"$ref":"#"}]}]}"##, "", "", .endlessRecursion),
            (#"{"format":"color"}"#, "", "format", .unsupportedFormat("color")),
            (
                #"{"type":"int"}"#, "", "type",
                .invalidValue("names a type that JSON Schema does not know")
            ),
            (
                #"{"minLength":-1}"#, "", "minLength",
                .invalidValue("must be a non-negative integer")
            ),
            (
                #"{"multipleOf":0}"#, "", "multipleOf",
                .invalidValue("must be above 0, with at most 18 digits")
            ),
            (
                #"{"properties":{"a":1}}"#, "/properties/a", "",
                .invalidValue("a schema is an object or a boolean")
            ),
            (#"{"a":1,"a":2}"#, "", "", .malformed(.duplicateName("a"))),
        ] as [(String, String, String, SchemaError.Problem)])
    func `a schema is refused with its place and its reason`(
        schema: String, pointer: String, keyword: String, problem: SchemaError.Problem
    ) {
        let expected = SchemaError(
            document: "schema:/", pointer: pointer, keyword: keyword, problem: problem)
        #expect(throws: expected) { try SchemaChecker.compile(schema) }
    }

    @Test(arguments: [
        "(?i)a", "(?>a)", "a++", #"\A"#, #"\Z"#, #"\Q"#, #"\h"#, "(*ACCEPT)", "(?R)", "a**", "{",
        "[a", "(a", "a)", #"\u{110000}"#, #"\ud800"#, #"\p{Nonsense}"#, "(?#x)", #"\01"#, "*",
    ])
    func `a pattern that ECMA-262 does not know is refused`(pattern: String) {
        #expect(throws: PatternError.self) { try Pattern(ecma: pattern).free() }
    }

    @Test(arguments: [
        (#"^\d+$"#, "12", true), (#"^\d+$"#, "१२", false), ("^a$", "a\n", false),
        (#"^\s$"#, "\u{feff}", true), (#"^[\S]$"#, "\u{a0}", false), (#"^[^\S]$"#, " ", true),
        (#"^[^\Sx ]$"#, " ", false), (#"^[^\Sx ]$"#, "\t", true), ("^.$", "\u{2028}", false),
        ("^.$", "😀", true), (#"^\u{1F600}$"#, "😀", true), (#"^\uD83D\uDE00$"#, "😀", true),
        ("^[^]$", "\n", true), ("[]", "a", false), (#"^\v$"#, "\u{0b}", true),
        (#"^\cJ$"#, "\n", true), (#"^[\b]$"#, "\u{8}", true), (#"^\p{Lu}$"#, "É", true),
        (#"^[[:alpha:]\]$"#, "a]", true), (#"^\0$"#, "\0", true), ("", "", true), ("^$", "", true),
        (#"^(?<y>\d)\k<y>$"#, "11", true), (#"^a{2,3}$"#, "aaaa", false),
        (#"^a-b\/$"#, "a-b/", true),
    ])
    func `patterns mean what ECMA-262 says`(pattern: String, text: String, isFound: Bool) throws {
        let compiled = try Pattern(ecma: pattern)
        defer { compiled.free() }
        let outcome = Array(text.utf8).withUnsafeBytes { compiled.match($0) }
        #expect(outcome == (isFound ? .found : .notFound))
    }

    @Test func `a pattern that runs away is stopped and says so`() throws {
        let text = "\"" + String(repeating: "a", count: 200) + "!\""
        let found = try violation(#"{"pattern":"^(a+)+$"}"#, text)
        #expect(found?.message == "\(Pattern.limitMessage)")
    }

    @Test func `documents that are compiled together may refer to each other`() throws {
        let checkers = try SchemaChecker.compile(documents: [
            ("file:///a/lot.json", Array(#"{"properties":{"s":{"$ref":"../b/s.json#id"}}}"#.utf8)),
            ("file:///b/s.json", Array(#"{"$defs":{"i":{"$anchor":"id","type":"string"}}}"#.utf8)),
        ])
        var parser = JSONParser(limits: Limits())
        try Array(#"{"s":1}"#.utf8).withUnsafeBytes {
            let view = try parser.parse($0)
            #expect(checkers[0].check(view)?.pointer == "/s")
            #expect(checkers[1].check(view) == nil)
        }
    }

    @Test func `more required members than a word has bits are all checked`() throws {
        let names = (0..<100).map { "\"n\($0)\"" }
        let schema = "{\"required\":[" + names.joined(separator: ",") + "]}"
        for missing in [0, 63, 64, 99] {
            let members = names.indices.filter { $0 != missing }.map { names[$0] + ":0" }
            let found = try violation(schema, "{" + members.joined(separator: ",") + "}")
            #expect(found?.message == "the member \"n\(missing)\" is missing")
        }
    }
}
