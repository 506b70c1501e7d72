// The desk where records are read: 16 at a time, so that the cache misses of the dedupe set overlap
// (measured: 16 in hand and prefetch took the pipeline from 0.4 to 0.6 of the bare loop).

import Contracts
import EventLog
import EventModel

/// Decoders and their verdicts for the records in hand. One per stream thread.
final class Intake {
    static let width = 16
    /// How many records lie between finding an id's table and reading it.
    private static let approach = 4

    /// By slot, as many as were ever needed at once: a worker that starts owns nothing yet.
    private var decoders: [EventDecoder] = []
    private let makeDecoder: () -> EventDecoder
    /// By slot: why there is no event, nil when its decoder holds one.
    private var refusals: [Rejection?]
    private(set) var records: ContiguousArray<LogRecord> = []
    private var signalParser: JSONParser
    /// What the windows are about to be asked.
    private struct Sought {
        var topic: Topic
        var identity: Fingerprint
    }
    private let sought = UnsafeMutablePointer<Sought>.allocate(capacity: width)

    init(registry: ContractRegistry, limits: Limits, partitionCount: Int32) {
        makeDecoder = {
            EventDecoder(registry: registry, limits: limits, partitionCount: partitionCount)
        }
        refusals = Array(repeating: nil, count: Self.width)
        // Ours, so with the limits of our own: a signal is longer than the record it came from (its
        // key is percent-encoded), and one that we wrote and then refuse would be a hold without a
        // deviation.
        signalParser = JSONParser(limits: limits.forOwnRecords)
        records.reserveCapacity(Self.width)
    }

    deinit { sought.deallocate() }

    var count: Int { records.count }

    func clear() { records.removeAll(keepingCapacity: true) }

    func place(_ record: LogRecord) { records.append(record) }

    /// Decodes what came from outside and touches the dedupe slots it will need.
    func readAll(touching windows: inout TaskWindows) {
        while decoders.count < records.count { decoders.append(makeDecoder()) }
        var found = 0
        for slot in records.indices {
            let record = records[slot]
            if case .signals = record.topic { continue }
            let decoder = decoders[slot]
            refusals[slot] = decoder.read(record)
            guard case .none = refusals[slot] else { continue }
            let identity = decoder.event.pointee.identity
            windows.approach(record.topic, identity)
            sought[found] = Sought(topic: record.topic, identity: identity)
            found += 1
            if found > Self.approach {
                let earlier = sought[found - 1 - Self.approach]
                windows.touch(earlier.topic, earlier.identity)
            }
        }
        for index in max(0, found - Self.approach)..<found {
            windows.touch(sought[index].topic, sought[index].identity)
        }
    }

    /// Why there is no event in that slot; nil when there is one.
    @inline(__always)
    func refusal(_ slot: Int) -> Rejection? { refusals[slot] }

    /// The event in that slot, in its decoder's own memory.
    @inline(__always)
    func event(_ slot: Int) -> UnsafePointer<InboundEvent> { decoders[slot].event }

    /// Reads a record of holdfast.signals. The view is valid until the next call.
    func parseSignal(_ value: ByteView?) -> Result<JSONView, Rejection> {
        guard let value else {
            return .failure(
                Rejection(.emptyValue, "holdfast.signals has no null values"))
        }
        do {
            return .success(try signalParser.parse(value))
        } catch {
            return .failure(Rejection(.malformedJson, "\(error)"))
        }
    }
}

extension EventDecoder {
    /// Decodes a polled record.
    func decode(_ record: LogRecord) -> Decoded {
        read(record).map(Decoded.refused) ?? .event(event.pointee)
    }

    /// The same without a copy: nil when there is an event, which is in `event` then.
    func read(_ record: LogRecord) -> Rejection? {
        read(
            key: record.key, value: record.value, headers: record.headers, topic: record.topic,
            partition: record.partition, offset: record.offset, appendTime: record.appendTime)
    }
}

extension InboundEvent {
    /// The lot that the event is about, when it refers to one that somebody should have created.
    var lotReference: ByteView? {
        switch type {
        case .lotCreatedV1: nil
        case .stepStartedV1, .stepCompletedV1, .stepFailedV1, .limitExceededV1,
            .misScanDetectedV1, .interlockViolatedV1, .materialConsumedV1, .dispositionDecidedV1:
            key
        default: nil
        }
    }
}
