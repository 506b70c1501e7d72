// What is accepted: both modes, what counts as content, and attributes as CloudEvents allows them.

import Contracts
import Digests
import EventModel
import Testing

@Suite struct EventsDecodingTests {
    @Test func `a structured event is read whole`() throws {
        let event = try #require(try Intake().take(failure).event)
        #expect(event.type == .stepFailedV1)
        #expect(event.source == "/mes/plant-1" && event.id == "e-1" && event.key == "L-4711")
        #expect(event.timeText == "2026-01-05T06:12:31.250+01:00")
        #expect(event.time.text == "2026-01-05T05:12:31.250Z")
        #expect(event.data == failureData)
        #expect(event.extensions == ["traceparent=00-ab-cd-01"])
    }

    @Test func `both modes give the same event, identity and content`() throws {
        let intake = try Intake()
        #expect(intake.take(binaryFailure) == intake.take(failure))
        #expect(intake.take(binaryFailure).event != nil)
    }

    @Test func `base64 data is the same event as its plain form`() throws {
        let intake = try Intake()
        let encoded = failure.with {
            $0.replace(
                "\"data\":\(failureData)", "\"data_base64\":\"\(base64(Array(failureData.utf8)))\"")
        }
        #expect(intake.take(encoded) == intake.take(failure))
    }

    @Test(arguments: [
        (
            "an attribute we do not read", "\"traceparent\":",
            "\"plantzone\":true,\"traceparent\":", true
        ),
        ("another trace", "00-ab-cd-01", "00-ff-ff-01", true),
        ("space between members", "\"specversion\"", " \"specversion\"", true),
        (
            "another order of members", "\"id\":\"e-1\",\"source\":\"/mes/plant-1\"",
            "\"source\":\"/mes/plant-1\",\"id\":\"e-1\"", true
        ),
        ("an escape in the subject", "lot/L-4711", "lot\\/L-4711", true),
        ("another subject", "lot/L-4711", "lot/L-47", false),
        ("no subject", "\"subject\":\"lot/L-4711\",", "", false),
        ("the same instant written otherwise", "06:12:31.250+01:00", "05:12:31.250Z", false),
        ("space within the data", "\"operation\":\"", "\"operation\": \"", false),
        ("another value", "punchBroken", "punchWorn", false),
    ])
    func `content is type, subject, time and data as written`(
        sentence: String, old: String, new: String, isSame: Bool
    ) throws {
        let intake = try Intake()
        let original = try #require(intake.take(failure).event)
        let changed = try #require(
            intake.take(failure.with { $0.replace(old, new) }).event, "\(sentence)")
        #expect(changed.identity == original.identity)
        #expect((changed.content == original.content) == isSame, "\(sentence)")
    }

    @Test func `the content is the fingerprint that the design names`() throws {
        let event = try #require(try Intake().take(failure).event)
        func view<R>(_ text: String, _ body: (ByteView) -> R) -> R {
            var text = text
            return text.withUTF8 { body(ByteView($0)) }
        }
        let expected = view("mes.stepFailed.v1") { type in
            view("lot/L-4711") { subject in
                view("2026-01-05T06:12:31.250+01:00") { time in
                    view(failureData) {
                        Fingerprinter().content(type: type, subject: subject, time: time, data: $0)
                    }
                }
            }
        }
        #expect(event.content == expected)
    }

    @Test(arguments: [
        ("a null subject is none", "\"lot/L-4711\"", "null"),
        ("a null extension is none", "\"00-ab-cd-01\"", "null"),
        ("no datacontenttype means JSON", "\"datacontenttype\":\"application/json\",", ""),
        ("another JSON type", "application/json", "Application/vnd.mes+JSON; charset=utf-8"),
        ("an absolute source", "/mes/plant-1", "https://mes.example:8443/plant-1?line=2#a"),
        ("a source with a host in brackets", "/mes/plant-1", "http://[2001:db8::1]/mes"),
        ("a URN", "/mes/plant-1", "urn:mes:plant-1"),
        ("an id beyond ASCII", "\"e-1\"", "\"Ereignis-ü-1\""),
        ("an integer extension", "\"00-ab-cd-01\"", "-2147483648"),
        ("a truth value", "\"00-ab-cd-01\"", "true"),
        ("a null data_base64", "\"data\":", "\"data_base64\":null,\"data\":"),
        ("unknown fields in data", "\"severity\"", "\"shift\":{\"a\":[1]},\"severity\""),
        ("a quantity as text", "\"severity\"", "\"value\":\"-31.20e1\",\"severity\""),
    ])
    func `what CloudEvents and the contract allow is taken`(
        sentence: String, old: String, new: String
    ) throws {
        let outcome = try Intake().take(failure.with { $0.replace(old, new) })
        #expect(outcome.event != nil, "\(sentence): \(outcome)")
    }

    @Test(arguments: [
        ("application/cloudevents+json; charset=UTF-8", "content-type"),
        ("Application/CloudEvents+JSON", "Content-Type"), ("application/json", "content-type"),
    ])
    func `a structured record may say so in any case`(type: String, name: String) throws {
        #expect(try Intake().take(failure.header(name, type)).event != nil)
    }

    @Test func `a structured record may carry the binary headers too`() throws {
        let record = failure.with {
            $0.headers = binaryFailure.headers
            $0 = $0.header("ce_id", "other").header(
                "content-type", "application/cloudevents+json")
        }
        #expect(try Intake().take(record).event?.id == "e-1")
    }

    @Test func `in binary mode nothing is percent-decoded`() throws {
        let outcome = try Intake().take(binaryFailure.header("ce_id", "e%201"))
        #expect(outcome.event?.id == "e%201")
    }

    @Test(arguments: [
        ("no content-type means JSON", "content-type", nil as String?, nil as RejectionReason?),
        ("a null header is an absent attribute", "ce_traceparent", nil, nil),
        ("a header that is no attribute", "Trace-Id", "x", nil),
        ("a datacontenttype beside content-type", "ce_datacontenttype", "text/plain", nil),
        ("an attribute in capitals", "ce_Id", "x", .notACloudEvent),
        ("data as a header", "ce_data", "x", .notACloudEvent),
        ("no name at all", "ce_", "x", .notACloudEvent),
        ("a null id", "ce_id", nil, .notACloudEvent),
        ("an empty id", "ce_id", "", .notACloudEvent),
        ("data that is not JSON", "content-type", "application/avro", .contractViolated),
        ("an empty content-type", "content-type", "", .notACloudEvent),
    ])
    func `headers obey the same rules`(
        sentence: String, name: String, value: String?, reason: RejectionReason?
    ) throws {
        let outcome = try Intake().take(binaryFailure.header(name, value))
        #expect(outcome.reason == reason, "\(sentence): \(outcome)")
    }

    @Test func `a header that stands twice is refused, also when both agree`() throws {
        let twice = binaryFailure.with { $0.headers.append(("ce_id", Array("e-1".utf8))) }
        #expect(try Intake().take(twice).reason == .notACloudEvent)
        let types = binaryFailure.with {
            $0.headers.append(("Content-Type", Array("application/json".utf8)))
        }
        #expect(try Intake().take(types).reason == .notACloudEvent)
    }

    @Test func `a header that is not UTF-8 is refused by that name`() throws {
        let record = binaryFailure.with {
            $0.headers.removeAll { $0.name == "ce_subject" }
            $0.headers.append(("ce_subject", [0x6c, 0xff]))
        }
        #expect(try Intake().take(record).reason == .notUtf8)
    }

    @Test func `a slot forgets the extensions of the event before`() throws {
        let intake = try Intake()
        _ = intake.take(failure)
        let plain = failure.with { $0.replace("\"traceparent\":\"00-ab-cd-01\",", "") }
        #expect(intake.take(plain).event?.extensions == [])
    }
}

/// Base64 by an independent hand.
private func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        var bits = group.reduce(0) { $0 << 8 | Int($1) }
        bits <<= 8 * (3 - group.count)
        for index in 0..<4 {
            text.append(index > group.count ? "=" : digits[bits >> (18 - 6 * index) & 63])
        }
    }
    return text
}
