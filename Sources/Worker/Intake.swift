// The desk where records are read: 16 at a time, so that the cache misses of the dedupe set overlap
// (measured: 16 in hand and prefetch took the pipeline from 0.4 to 0.6 of the bare loop).

import Contracts
import EventLog
import EventModel

/// Decoders and their verdicts for the records in hand. One per stream thread.
final class Intake {
    static let width = 16

    /// By slot, as many as were ever needed at once: a worker that starts owns nothing yet.
    private var decoders: [EventDecoder] = []
    private let makeDecoder: () -> EventDecoder
    /// By slot: why there is no event, nil when its decoder holds one.
    private var refusals: [Rejection?]
    private(set) var records: ContiguousArray<LogRecord> = []
    private var signalParser: JSONParser

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

    var count: Int { records.count }

    func clear() { records.removeAll(keepingCapacity: true) }

    func place(_ record: LogRecord) { records.append(record) }

    /// Decodes what came from outside and touches the dedupe slots it will need.
    func readAll(touching windows: inout TaskWindows) {
        while decoders.count < records.count { decoders.append(makeDecoder()) }
        for slot in records.indices {
            let record = records[slot]
            if case .signals = record.topic { continue }
            let decoder = decoders[slot]
            refusals[slot] = decoder.read(record)
            if refusals[slot] == nil {
                windows.touch(record.topic, decoder.event.pointee.identity)
            }
        }
    }

    /// The verdict on the record in that slot.
    func decoded(_ slot: Int) -> Decoded {
        refusals[slot].map(Decoded.refused) ?? .event(decoders[slot].event.pointee)
    }

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
