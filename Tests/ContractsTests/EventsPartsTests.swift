// The small parts of intake, each on its own.

import Digests
import EventModel
import Testing

@testable import Contracts

/// Swift writes no literal of a noncharacter.
private func text(_ scalar: UInt32) -> String {
    String(String.UnicodeScalarView([Unicode.Scalar(scalar)!]))
}

@Suite struct EventsPartsTests {
    @Test func `every type is found by its name, and nothing else is`() {
        let table = EventTypeTable()
        func find(_ name: String) -> EventType? {
            var name = name
            return name.withUTF8 { table.type(named: ByteView($0)) }
        }
        for type in EventType.allCases {
            let name = type.name.description
            #expect(find(name) == type)
            #expect(find(name + "0") == nil && find(String(name.dropLast())) == nil)
            #expect(find("x" + name.dropFirst()) == nil)
        }
        #expect(find("") == nil)
        #expect(find(String(repeating: "x", count: 1_000)) == nil)
    }

    @Test func `every extension is known by its name, and others are told from ill-formed ones`() {
        func name(_ text: String) -> AttributeName {
            var text = text
            return text.withUTF8 { AttributeName(ByteView($0)) }
        }
        for known in Extension.allCases {
            let text = known.name.description
            #expect(name(text) == .known(known))
            #expect(name(text + "x") == .other && name("x" + text.dropFirst()) == .other)
            #expect(name(text.uppercased()) == .illFormed)
        }
        #expect(name("data_base64") == .dataBase64 && name("data_base32") == .illFormed)
        #expect(name("") == .illFormed && name("a-b") == .illFormed && name("ä") == .illFormed)
        #expect(name("a1") == .other && name("{") == .illFormed && name("`") == .illFormed)
    }

    @Test(arguments: [
        ("", "", true), ("QQ==", "A", true), ("QUI=", "AB", true), ("QUJD", "ABC", true),
        ("QUJDRA==", "ABCD", true), ("QR==", "", false), ("QUJ=", "", false), ("QQ=", "", false),
        ("QQ", "", false), ("Q===", "", false), ("====", "", false), ("QQ==QQ==", "", false),
        ("QU JD", "", false), ("QUJD\n", "", false), ("-_-_", "", false), ("Q=JD", "", false),
    ])
    func `base64 is read strictly`(text: String, plain: String, isValid: Bool) {
        var buffer = ByteBuffer()
        var text = text
        let read = text.withUTF8 { Base64.decode(ByteView($0), into: &buffer) }
        #expect(read == isValid)
        if isValid { #expect(buffer.bytes.text == plain) }
    }

    @Test(arguments: [
        ("a", true), ("/", true), ("//host/p", true), ("urn:a:b", true), ("a/b:c", true),
        ("?q=a:b", true), ("#f", true), ("http://[::1]:80/", true), ("%41", true), ("a@b", true),
        ("mailto:a@b.c", true), ("a b", false), ("ä", false), ("1a:b", false), (":a", false),
        ("a%4", false), ("a%zz", false), ("#a#b", false), ("/[a]", false), ("http://[::1", false),
        ("a\\b", false), ("<a>", false), ("a\"", false), ("a|b", false), ("http://h/[", false),
    ])
    func `a source is a URI-reference`(text: String, isValid: Bool) {
        var text = text
        #expect(text.withUTF8 { URISyntax.isReference(ByteView($0)) } == isValid)
    }

    @Test func `every byte in every place of a text is judged alike`() {
        for length in [1, 7, 8, 9, 17] {
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var text = [UInt8](repeating: 0x61, count: length)
                    text[place] = byte
                    let isPrintable = (0x20..<0x7f).contains(byte)
                    text.withUnsafeBytes {
                        #expect(AttributeText.isPrintableASCII($0) == isPrintable)
                    }
                }
            }
        }
    }

    @Test(
        arguments: [
            ("plain", .usable), ("größer 工厂 😀", .usable),
            ("a\u{7f}", .forbiddenCharacter), ("a\u{85}", .forbiddenCharacter),
            (text(0xfdd0), .forbiddenCharacter), (text(0x1fffe), .forbiddenCharacter),
            ("tab\t", .forbiddenCharacter), ("\u{fffd}", .usable),
        ] as [(String, AttributeText.Verdict)])
    func `an attribute holds no control characters and no noncharacters`(
        text: String, verdict: AttributeText.Verdict
    ) {
        var text = text
        #expect(text.withUTF8 { AttributeText.verdict(ByteView($0)) } == verdict)
    }

    @Test(arguments: [
        ("application/json", true), ("APPLICATION/JSON", true), ("text/json", true),
        ("application/json;charset=utf-8", true), (" application/json ; a=b", true),
        ("application/problem+json", true), ("application/+json", false), ("+json", false),
        ("json", false), ("application/jsonx", false), ("application/xml", false), ("/json", false),
    ])
    func `JSON content types are known`(text: String, isJSON: Bool) {
        var text = text
        #expect(text.withUTF8 { MediaType.isJSON(ByteView($0)) } == isJSON)
    }

    // MARK: upcasting, proved on a type that exists only here

    private enum Version { case v1, v2, v3 }

    /// v2 names the lot lotId; v3 puts the quantity into an object.
    private static func step(_ version: Version) -> UpcastStep<Version>? {
        switch version {
        case .v1:
            UpcastStep(to: .v2) { data, writer in
                writer.beginObject()
                data.forEachMember { (name: ByteView, value: JSONView) in
                    writer.name(name.isSame(as: "lot") ? "lotId" : name.text)
                    value.kind == .string
                        ? writer.string(value.bytes) : writer.raw(value.bytes)
                }
                writer.endObject()
            }
        case .v2:
            UpcastStep(to: .v3) { data, writer in
                writer.beginObject()
                writer.name("lotId")
                writer.string(data.string("lotId") ?? ByteView(start: nil, count: 0))
                writer.name("quantity")
                writer.beginObject()
                writer.name("value")
                writer.raw(data.member("quantity")?.bytes ?? ByteView(start: nil, count: 0))
                writer.endObject()
                writer.endObject()
            }
        case .v3: nil
        }
    }

    @Test func `an older version is read as the newest, step by step`() throws {
        var upcaster = Upcaster(limits: Limits())
        var parser = JSONParser(limits: Limits())
        let old = "{\"lot\":\"L\\n1\",\"quantity\":1.50}"
        for _ in 0..<3 {
            var text = old
            try text.withUTF8 { bytes in
                let data = try parser.parse(ByteView(bytes))
                let newest = try upcaster.newest(of: Version.v1, data: data, steps: Self.step)
                #expect(newest.version == .v3)
                #expect(
                    newest.data.bytes.text == "{\"lotId\":\"L\\n1\",\"quantity\":{\"value\":1.50}}")
            }
        }
    }

    @Test func `the newest version stays as it is`() throws {
        var upcaster = Upcaster(limits: Limits())
        var parser = JSONParser(limits: Limits())
        var text = "{\"lotId\":\"L1\"}"
        try text.withUTF8 { bytes in
            let data = try parser.parse(ByteView(bytes))
            let newest = try upcaster.newest(of: Version.v3, data: data, steps: Self.step)
            #expect(newest.version == .v3 && newest.data.nodes == data.nodes)
        }
    }
}
