// Each reason that intake decides without state, and the order in which they are decided.

import Contracts
import EventModel
import Testing

struct RefusedRecord: CustomTestStringConvertible, Sendable {
    let sentence: String
    let reason: RejectionReason
    let change: @Sendable (inout Record) -> Void
    init(
        _ sentence: String, _ reason: RejectionReason,
        _ change: @escaping @Sendable (inout Record) -> Void
    ) {
        self.sentence = sentence
        self.reason = reason
        self.change = change
    }
    var testDescription: String { sentence }
}

private func envelope(_ old: String, _ new: String) -> @Sendable (inout Record) -> Void {
    { $0.replace(old, new) }
}

let refusedRecords: [RefusedRecord] = [
    .init("no JSON at all", .malformedJson) { $0.value = Array("lot L-4711 failed".utf8) },
    .init("an empty value", .malformedJson) { $0.value = [] },
    .init("a JSON text that is cut off", .malformedJson) { $0.value?.removeLast() },
    .init(
        "a member twice", .malformedJson,
        envelope("\"id\":\"e-1\"", "\"id\":\"e-1\",\"id\":\"e-1\"")),
    .init(
        "nesting beyond the limit", .malformedJson,
        envelope(
            "\"critical\"",
            String(repeating: "[", count: 40) + String(repeating: "]", count: 40))),
    .init("a byte that is not UTF-8", .notUtf8) { record in
        let at = record.value?.firstIndex(of: UInt8(ascii: "L")) ?? 0
        record.value?[at] = 0xff
    },
    .init("a value over the limit", .tooLarge) {
        $0.value = [UInt8](repeating: 0x20, count: 1_048_577)
    },
    .init("a key over the limit", .tooLarge) { $0.key = [UInt8](repeating: 0x61, count: 4_097) },
    .init("a JSON array", .notACloudEvent) { $0.value = Array("[]".utf8) },
    .init("no specversion", .notACloudEvent, envelope("\"specversion\":\"1.0\",", "")),
    .init("specversion 0.3", .notACloudEvent, envelope("\"1.0\"", "\"0.3\"")),
    .init("specversion as a number", .notACloudEvent, envelope("\"1.0\"", "1.0")),
    .init("no id", .notACloudEvent, envelope("\"id\":\"e-1\",", "")),
    .init("an id of null", .notACloudEvent, envelope("\"e-1\"", "null")),
    .init("an empty id", .notACloudEvent, envelope("\"e-1\"", "\"\"")),
    .init("an id as a number", .notACloudEvent, envelope("\"e-1\"", "1")),
    .init("an id with a control character", .notACloudEvent, envelope("\"e-1\"", "\"e\\u0007\"")),
    .init(
        "an id over the limit", .notACloudEvent,
        envelope("\"e-1\"", "\"\(String(repeating: "e", count: 1_025))\"")),
    .init("no source", .notACloudEvent, envelope("\"source\":\"/mes/plant-1\",", "")),
    .init("a source with a space", .notACloudEvent, envelope("/mes/plant-1", "/mes/plant 1")),
    .init("a source with a bad escape", .notACloudEvent, envelope("/mes/plant-1", "/mes/%2")),
    .init("a source with a bad scheme", .notACloudEvent, envelope("/mes/plant-1", "1:mes")),
    .init("no type", .notACloudEvent, envelope("\"type\":\"mes.stepFailed.v1\",", "")),
    .init("an empty subject", .notACloudEvent, envelope("\"lot/L-4711\"", "\"\"")),
    .init("an attribute in camel case", .notACloudEvent, envelope("traceparent", "traceParent")),
    .init("an attribute with a hyphen", .notACloudEvent, envelope("traceparent", "trace-parent")),
    .init("an extension that is an object", .notACloudEvent, envelope("\"00-ab-cd-01\"", "{}")),
    .init("an extension with a fraction", .notACloudEvent, envelope("\"00-ab-cd-01\"", "1.5")),
    .init(
        "an extension beyond 32 bits", .notACloudEvent, envelope("\"00-ab-cd-01\"", "2147483648")),
    .init(
        "data beside data_base64", .notACloudEvent,
        envelope("\"data\":", "\"data_base64\":\"e30=\",\"data\":")),
    .init("data_base64 without padding", .notACloudEvent) {
        $0.replace("\"data\":\(failureData)", "\"data_base64\":\"e30\"")
    },
    .init("data_base64 with stray bits", .notACloudEvent) {
        $0.replace("\"data\":\(failureData)", "\"data_base64\":\"e31=\"")
    },
    .init("data_base64 of no JSON", .malformedJson) {
        $0.replace("\"data\":\(failureData)", "\"data_base64\":\"e3s=\"")
    },
    .init("a batch of events", .notACloudEvent) {
        $0 = $0.header("content-type", "application/cloudevents-batch+json")
    },
    .init("an event in avro", .notACloudEvent) {
        $0 = $0.header("Content-Type", "application/cloudevents+avro")
    },
    .init("no time", .timeUnusable, envelope("\"time\":\"2026-01-05T06:12:31.250+01:00\",", "")),
    .init("a time of null", .timeUnusable, envelope("\"2026-01-05T06:12:31.250+01:00\"", "null")),
    .init("a time without an offset", .timeUnusable, envelope("31.250+01:00", "31.250")),
    .init("the 30th of February", .timeUnusable, envelope("2026-01-05", "2026-02-30")),
    .init("a null key", .keyMissing) { $0.key = nil },
    .init("an empty key", .keyMissing) { $0.key = [] },
    .init("a null key and a null value", .keyMissing) {
        $0.key = nil
        $0.value = nil
    },
    .init("a null value", .emptyValue) { $0.value = nil },
    .init("another partition", .wrongPartition) { record in
        let right = Partition.of(key: "L-4711", count: 4)
        record.partition = Partition((right.rawValue + 1) % 4)
    },
    .init("a type nobody knows", .unknownType, envelope("mes.stepFailed.v1", "mes.stepFailed.v2")),
    .init("a type in other case", .unknownType, envelope("mes.stepFailed.v1", "mes.StepFailed.v1")),
    .init("a type of the other input", .unknownType) { $0.topic = .qmsQuality },
    .init("a type of ours", .unknownType, envelope("mes.stepFailed.v1", "holdfast.holdApplied.v1")),
    .init(
        "a required field missing", .contractViolated, envelope("\"severity\":\"critical\",", "")),
    .init("no data", .contractViolated, envelope(",\"data\":\(failureData)", "")),
    .init("data of null", .contractViolated, envelope(failureData, "null")),
    .init("data in XML", .contractViolated, envelope("application/json", "text/xml")),
    .init("the key of another lot", .wrongKey) { $0.key = Array("L-4712".utf8) },
    .init("a key with another case", .wrongKey) { $0.key = Array("l-4711".utf8) },
]

@Suite struct EventsRejectionTests {
    @Test(arguments: refusedRecords)
    func `a bad record is refused for the reason that is documented`(_ row: RefusedRecord) throws {
        let outcome = try Intake().take(failure.with(row.change))
        #expect(outcome.reason == row.reason, "\(outcome)")
    }

    @Test func `every reason that needs no state is reached`() {
        let stateful: Set<RejectionReason> = [
            .identityConflict, .unknownSource, .danglingReference,
        ]
        #expect(
            Set(refusedRecords.map(\.reason)) == Set(RejectionReason.allCases).subtracting(stateful)
        )
    }

    /// Each row breaks two stages; the earlier one names the refusal.
    @Test(arguments: [
        (["keyMissing", "malformedJson"], RejectionReason.malformedJson),
        (["keyMissing", "unknownType"], .keyMissing),
        (["wrongPartition", "unknownType"], .wrongPartition),
        (["unknownType", "contractViolated"], .unknownType),
        (["contractViolated", "wrongKey"], .contractViolated),
        (["tooLarge", "keyMissing"], .tooLarge),
        (["timeUnusable", "wrongPartition"], .timeUnusable),
    ])
    func `the earlier stage decides`(broken: [String], reason: RejectionReason) throws {
        let record = failure.with { record in
            for name in broken {
                switch name {
                case "keyMissing": record.key = nil
                case "malformedJson": record.value?.removeLast()
                case "unknownType": record.replace("stepFailed.v1", "stepFailed.v9")
                case "wrongPartition":
                    let right = Partition.of(key: "L-4711", count: 4)
                    record.partition = Partition((right.rawValue + 1) % 4)
                case "contractViolated": record.replace("\"critical\"", "\"fatal\"")
                case "wrongKey": record.key = Array("L-1".utf8)
                case "tooLarge": record.value = [UInt8](repeating: 0x20, count: 1_048_577)
                default: record.replace("2026-01-05T06:12:31.250+01:00", "yesterday")
                }
            }
        }
        #expect(try Intake().take(record).reason == reason)
    }

    @Test func `a detail is bounded and printable, whatever the record holds`() throws {
        let nasty = String(repeating: "\\u0000\u{85}\\n", count: 400)
        let outcome = try Intake().take(failure.with { $0.replace("mes.stepFailed.v1", nasty) })
        guard case .refused(_, let detail) = outcome else {
            Issue.record("accepted")
            return
        }
        #expect(detail.utf8.count <= Rejection.detailBytesMax)
        let long = Rejection(.unknownType, String(repeating: "ö\n", count: 1_000))
        #expect(long.detail.utf8.count <= Rejection.detailBytesMax && long.detail.hasSuffix("…"))
        #expect(!(detail + long.detail).unicodeScalars.contains { $0.value < 0x20 })
    }
}
