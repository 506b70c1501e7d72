// What the tests of events share: records made by hand, their outcome as plain values, and the
// files of the contract.

import Contracts
import Digests
import EventModel
import Foundation

/// The directory of the package, from this file's place in it.
let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

/// Test data from outside, beside the package or where HOLDFAST_SHARED says.
let sharedDirectory =
    ProcessInfo.processInfo.environment["HOLDFAST_SHARED"].map { URL(fileURLWithPath: $0) }
    ?? packageRoot.deletingLastPathComponent().appendingPathComponent("shared")

func contractFile(_ path: String) throws -> String {
    try String(contentsOf: packageRoot.appendingPathComponent("topics/\(path)"), encoding: .utf8)
}

/// Names of the files in a directory below topics/, sorted.
func contractNames(in directory: String, suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(
        atPath: packageRoot.appendingPathComponent("topics/\(directory)").path
    ).filter { $0.hasSuffix(suffix) }.sorted()
}

/// A record by hand. A nil partition is the right one.
struct Record {
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [(name: String, value: [UInt8]?)] = []
    var topic = Topic.mesExecution
    var partition: Partition?

    init(key: String?, value: String?, topic: Topic = .mesExecution) {
        self.key = key.map { Array($0.utf8) }
        self.value = value.map { Array($0.utf8) }
        self.topic = topic
    }

    func with(_ change: (inout Record) -> Void) -> Record {
        var copy = self
        change(&copy)
        return copy
    }

    mutating func replace(_ old: String, _ new: String) {
        let text = String(decoding: value ?? [], as: UTF8.self)
        precondition(text.contains(old), "the record holds what is replaced: \(old)")
        value = Array(text.replacingOccurrences(of: old, with: new).utf8)
    }
}

/// An event, copied out of its views.
struct SeenEvent: Equatable {
    var type: EventType
    var source: String
    var id: String
    var key: String
    var timeText: String
    var time: Instant
    var data: String
    var identity: Fingerprint
    var content: Fingerprint
    var extensions: [String]
}

enum Outcome: Equatable {
    case event(SeenEvent)
    case refused(RejectionReason, String)

    var reason: RejectionReason? {
        if case .refused(let reason, _) = self { reason } else { nil }
    }
    var event: SeenEvent? {
        if case .event(let event) = self { event } else { nil }
    }
    init(_ decoded: Decoded) {
        switch decoded {
        case .refused(let rejection): self = .refused(rejection.reason, rejection.detail)
        case .event(let event):
            self = .event(
                SeenEvent(
                    type: event.type, source: event.source.text, id: event.id.text,
                    key: event.key.text, timeText: event.timeText.text, time: event.time,
                    data: event.data.bytes.text, identity: event.identity,
                    content: event.content,
                    extensions: Extension.allCases.compactMap { name in
                        event.value(of: name).map { "\(name)=\($0.text)" }
                    }))
        }
    }
}

/// One decoder slot of four partitions.
struct Intake {
    let decoder: EventDecoder

    /// Compiled once: it is what all decoders share.
    private static let registry = Result { try ContractRegistry(limits: Limits()) }

    init() throws {
        decoder = EventDecoder(
            registry: try Self.registry.get(), limits: Limits(), partitionCount: 4)
    }

    func take(_ record: Record) -> Outcome {
        let bytes = record.headers.map { (Array($0.name.utf8), $0.value) }
        return withViews(of: bytes, []) { headers in
            headers.withUnsafeBufferPointer { headers in
                withView(of: record.key) { key in
                    withView(of: record.value) { value in
                        let partition =
                            record.partition
                            ?? key.map { Partition.of(key: $0, count: 4) } ?? Partition(0)
                        return Outcome(
                            decoder.decode(
                                key: key, value: value, headers: headers, topic: record.topic,
                                partition: partition, offset: Offset(0),
                                appendTime: Instant(milliseconds: 0)))
                    }
                }
            }
        }
    }

    private func withView<R>(of bytes: [UInt8]?, _ body: (ByteView?) -> R) -> R {
        guard let bytes else { return body(nil) }
        return bytes.withUnsafeBytes { body($0) }
    }

    private func withViews<R>(
        of headers: [([UInt8], [UInt8]?)], _ views: [HeaderView], _ body: ([HeaderView]) -> R
    ) -> R {
        guard let (name, value) = headers.first else { return body(views) }
        return name.withUnsafeBytes { name in
            withView(of: value) { value in
                withViews(
                    of: Array(headers.dropFirst()),
                    views + [HeaderView(name: name, value: value)], body)
            }
        }
    }
}

/// A valid critical failure of lot L-4711, structured.
let failure = Record(
    key: "L-4711",
    value: """
        {"specversion":"1.0","id":"e-1","source":"/mes/plant-1","type":"mes.stepFailed.v1",\
        "subject":"lot/L-4711","time":"2026-01-05T06:12:31.250+01:00",\
        "datacontenttype":"application/json","traceparent":"00-ab-cd-01","data":\(failureData)}
        """)

let failureData = """
    {"lotId":"L-4711","stepId":"s-1","operation":"compression","equipmentId":"press-2",\
    "operatorId":"op-17","severity":"critical","failureMode":"punchBroken"}
    """

/// The same event in binary mode.
let binaryFailure = Record(key: "L-4711", value: failureData).with { record in
    record.headers = [
        ("ce_specversion", "1.0"), ("ce_id", "e-1"), ("ce_source", "/mes/plant-1"),
        ("ce_type", "mes.stepFailed.v1"), ("ce_subject", "lot/L-4711"),
        ("ce_time", "2026-01-05T06:12:31.250+01:00"), ("ce_traceparent", "00-ab-cd-01"),
        ("content-type", "application/json"),
    ].map { (name: $0.0, value: Array($0.1.utf8)) }
}

extension Record {
    /// A structured copy whose envelope has one more member, or another value of one.
    func header(_ name: String, _ value: String?) -> Record {
        with { record in
            record.headers.removeAll { $0.name == name }
            record.headers.append((name, value.map { Array($0.utf8) }))
        }
    }
}
