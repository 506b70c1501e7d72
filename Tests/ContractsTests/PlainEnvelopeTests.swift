// The short way through an envelope and the general one give the same envelope or the same
// refusal: over every spelling of every attribute that could mislead the short one, and over
// records mutated by seed.

import EventModel
import Testing

@testable import Contracts

/// An envelope or a refusal, copied out of its views.
private enum Read: Equatable {
    case envelope([String])
    case refused(RejectionReason, String)
}

/// The same text, read the short way if it is plain, and always the general way.
private struct BothReaders: ~Copyable {
    private var short = EnvelopeReader(limits: Limits())
    private var general = EnvelopeReader(limits: Limits(), readsPlain: false)
    /// What the short way alone says of texts.
    private let plain = PlainEnvelope(limits: Limits())
    private var parser = JSONParser(limits: Limits())
    private var sources = SourceCheck()
    private let envelope = UnsafeMutablePointer<Envelope>.allocate(capacity: 1)

    init() {}

    deinit { envelope.deallocate() }

    /// Whether it was plain, and what came of it.
    mutating func read(_ text: [UInt8]) -> (isPlain: Bool, Read) {
        text.withUnsafeBytes { bytes in
            let found = Self.read(bytes, &short)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(found == Self.read(bytes, &general), "\(text)")
            guard let root = try? parser.parse(bytes) else { return (false, found) }
            return (plain.read(root, sources: &sources, into: envelope), found)
        }
    }

    private static func read(_ bytes: ByteView, _ reader: inout EnvelopeReader) -> Read {
        do {
            let headers = UnsafeBufferPointer<HeaderView>(start: nil, count: 0)
            let envelope = try reader.read(value: bytes, headers: headers).pointee
            var seen = [
                envelope.id.text, envelope.source.text, envelope.type.text,
                "\(envelope.subject.map(\.text) as String?)", envelope.timeText.text,
                "\(envelope.time.rawValue)",
            ]
            switch envelope.data {
            case .absent: seen.append("absent")
            case .opaque(let bytes): seen.append("opaque \(bytes.text)")
            case .json(let view, let bytes): seen.append("\(render(view)) \(bytes.text)")
            }
            for name in Extension.allCases {
                let view = reader.extensions[Int(name.rawValue)]
                seen.append(view.baseAddress == nil ? "-" : view.text)
            }
            return .envelope(seen)
        } catch {
            return .refused(error.reason, error.detail)
        }
    }
}

@Suite struct PlainEnvelopeTests {
    private static let attributes = [
        "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema",
        "data", "data_base64", "partitionkey", "sequence", "traceparent", "tracestate",
        "correlationid", "causationid", "recordedtime", "authid", "dataref", "plant7", "Plant",
        "with-dash", "", "ids", "tim", "datacontenttypf", "\\u0069d",
    ]
    private static let values =
        [
            "\"\"", "\"1.0\"", "\"1.1\"", "\"x\"", "\"/a/b\"", "\"a:b:c\"", "\"not a uri\"",
            "\"%zz\"", "\"ä\"", "\"\u{7f}\"", "\"\u{85}\"", "\"\u{fffe}\"", "\"a\\nb\"",
            "\"\\u0041bc\"", "\"\\ud83d\\ude00\"", "\"12345678\u{7f}\"", "\"1234567\u{e9}90\"",
            "\"2026-01-05T06:12:31Z\"", "\"2026-01-05T06:12:31.123456789+05:30\"",
            "\"2026-02-30T06:12:31Z\"", "\"application/json\"", "\"application/json; a=b\"",
            "\"text/plain\"", "\"application/vnd.x+json\"", "\"urn:x:y\"", "\"eyJhIjoxfQ==\"",
            "1", "-1", "1.5", "4294967296", "true", "false", "null", "{}", "{\"a\":1}", "[]",
        ]
        + [1024, 1025].map { "\"\(String(repeating: "x", count: $0))\"" }

    /// A good event, `name` being `value`; nil leaves it out.
    private func text(_ name: String, _ value: String?, _ others: [String]) -> [UInt8] {
        var members = [
            ("specversion", "\"1.0\""), ("id", "\"e-1\""), ("source", "\"/mes/plant-1\""),
            ("type", "\"mes.stepFailed.v1\""), ("time", "\"2026-01-05T06:12:31.250Z\""),
            ("data", "{\"lotId\":\"L\"}"),
        ].filter { $0.0 != name }
        members += others.map { ($0, "\"application/json\"") }.filter { $0.0 != name }
        if let value { members.insert((name, value), at: members.count / 2) }
        let listed = members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: " , ")
        return Array("{ \(listed) }".utf8)
    }

    @Test func `any attribute may have any value`() {
        var readers = BothReaders()
        var plain = 0
        var taken = 0
        for name in Self.attributes {
            for value in Self.values.map(Optional.some) + [nil] {
                for others in [[], ["datacontenttype"], ["subject", "plant"]] {
                    let (isPlain, found) = readers.read(text(name, value, others))
                    if isPlain { plain += 1 }
                    if case .envelope = found { taken += 1 }
                }
            }
        }
        #expect(plain > 500 && taken > plain, "\(plain) plain, \(taken) taken")
    }

    @Test(arguments: ["[]", "\"x\"", "null", "{}", "{\"data\":{}}", "[{\"id\":\"x\"}]"])
    func `what is no event is none both ways`(text: String) {
        var readers = BothReaders()
        let (isPlain, found) = readers.read(Array(text.utf8))
        #expect(!isPlain)
        guard case .refused(.notACloudEvent, _) = found else {
            Issue.record("\(found)")
            return
        }
    }

    @Test func `the usual event is plain`() throws {
        var readers = BothReaders()
        let value = try #require(failure.value)
        #expect(readers.read(value).isPlain)
    }

    @Test func `mutated events are the same both ways`() throws {
        var readers = BothReaders()
        let good = try #require(failure.value)
        var state: UInt64 = 11
        func luck(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        var plain = 0
        for _ in 0..<20_000 {
            var text = good
            for _ in 0...luck(2) {
                let at = luck(text.count)
                switch luck(4) {
                case 0: text[at] = UInt8(0x20 + luck(0x60))
                case 1: text[at] ^= 1 << UInt8(luck(8))
                case 2: text.remove(at: at)
                default: text.insert(text[luck(text.count)], at: at)
                }
            }
            if readers.read(text).isPlain { plain += 1 }
        }
        #expect(plain > 1_000, "\(plain)")
    }
}
