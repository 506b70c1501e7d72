// Records of input topics through the whole intake that needs no state. Read twice by two decoders:
// what comes out must be the same, for a rescan must find what the first reading found.

import Contracts
import EventModel

/// Decodes records as a task's intake does.
final class RecordEntry: FuzzEntry {
    private let one: EventDecoder
    private let other: EventDecoder
    private let tight: EventDecoder

    init() throws {
        let registry = try ContractRegistry(limits: Limits())
        one = EventDecoder(registry: registry, limits: Limits(), partitionCount: 1)
        other = EventDecoder(registry: registry, limits: Limits(), partitionCount: 1)
        var limits = Limits()
        limits.recordBytesMax = 300
        limits.keyBytesMax = 8
        limits.jsonDepthMax = 4
        limits.jsonNodesMax = 40
        limits.attributeBytesMax = 16
        tight = EventDecoder(registry: registry, limits: limits, partitionCount: 3)
    }

    func run(_ input: ByteView) {
        InputRecord.forEach(in: input, max: 8) { record in
            guard Topic.inputs.contains(record.topic), record.topic != .signals else { return }
            let first = DecodedSummary(Self.decode(record, with: one))
            let second = DecodedSummary(Self.decode(record, with: other))
            Finding.require(first == second, "read again, it reads \(second), not \(first)")
            _ = DecodedSummary(Self.decode(record, with: tight))
        }
    }

    static func decode(
        _ record: InputRecord, with decoder: EventDecoder, offset: Int64 = 0,
        appendTime: Instant = Instant(milliseconds: 1_767_592_800_000)
    ) -> Decoded {
        record.headers.withUnsafeBufferPointer { headers in
            decoder.decode(
                key: record.key, value: record.value, headers: headers, topic: record.topic,
                partition: Partition(0), offset: Offset(offset), appendTime: appendTime)
        }
    }
}

/// What a verdict says, with every view of it read to its end.
struct DecodedSummary: Equatable, CustomStringConvertible {
    var reason: String?
    var identity = Fingerprint(low: 0, high: 0)
    var content = Fingerprint(low: 0, high: 0)
    var sum: UInt64 = 0

    init(_ decoded: Decoded) {
        switch decoded {
        case .refused(let rejection):
            reason = rejection.reason.rawValue
            // The words go into a dead letter's header.
            for byte in rejection.detail.utf8 { add(byte) }
        case .event(let event):
            identity = event.identity
            content = event.content
            for view in [event.source, event.id, event.key, event.timeText] { add(view) }
            for name in Extension.allCases { if let view = event.value(of: name) { add(view) } }
            addTree(event.data)
            sum = sum &* 31 &+ UInt64(bitPattern: event.time.rawValue)
        }
    }

    var description: String { "\(reason ?? "event") \(sum)" }

    private mutating func add(_ byte: UInt8) { sum = sum &* 31 &+ UInt64(byte) }
    private mutating func add(_ view: ByteView) { for byte in view { add(byte) } }

    private mutating func addTree(_ view: JSONView) {
        switch view.kind {
        case .object:
            view.forEachMember { name, value in
                add(name)
                addTree(value)
            }
        case .array: view.forEachElement { addTree($0) }
        case .string: add(view.bytes)
        case .number:
            add(view.bytes)
            if let number = Decimal(view.bytes), let small = number.smallInteger {
                sum = sum &+ UInt64(bitPattern: small)
            }
        case .true, .false, .null: add(view.kind.rawValue)
        }
    }
}
