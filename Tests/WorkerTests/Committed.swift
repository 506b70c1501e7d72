// What stands in a log, and whether it is what its batch records say.

import Decisions
import EventLog
import EventModel
import Simulation

@testable import Worker

/// One committed record.
struct Committed: Equatable {
    var offset: Offset
    var appendTime: Instant
    var key: [UInt8]?
    var value: [UInt8]?
    var headers: [String: String]

    var text: String { String(decoding: value ?? [], as: UTF8.self) }
    /// The envelope's id.
    var id: String {
        let after = text.split(separator: #""id":""#, maxSplits: 1)
        return after.count < 2 ? "" : String(after[1].prefix { $0 != "\"" })
    }

    static func all(of place: TopicPartition, in reader: any LogReader) throws -> [Committed] {
        let end = try reader.end(of: place, isolation: .committed)
        guard end.rawValue > 0 else { return [] }
        try reader.assign([(place, Offset(0))])
        var found: [Committed] = []
        var records: ContiguousArray<LogRecord> = []
        var events: [LogEvent] = []
        while !events.contains(.reachedEnd(place, end)) {
            try reader.poll(
                records: &records, events: &events, max: 10_000, timeoutMilliseconds: 100)
        }
        for record in records {
            var headers: [String: String] = [:]
            for header in record.headers { headers[header.name.text] = header.value?.text }
            found.append(
                Committed(
                    offset: record.offset, appendTime: record.appendTime,
                    key: record.key.map { Array($0) }, value: record.value.map { Array($0) },
                    headers: headers))
            reader.release(record)
        }
        return found
    }

    /// Decides all tasks again. Says what differs, and what of it the log has not exactly once.
    static func redecide(
        partitions: Int32, deployment: String, limits: Limits, policies: [Policy],
        makeReader: () throws(LogError) -> any LogReader
    ) throws -> [String] {
        var differences: [String] = []
        var due: [String: Int] = [:]
        for partition in 0..<partitions {
            let redecision = try Redecision(
                partition: Partition(partition), deployment: deployment, limits: limits,
                makeReader: makeReader,
                policyOf: { text in policies.first { $0.canonicalJSON == text } },
                onOutbound: { record, _ in
                    let place = "\(record.topic.name)/\(record.partition.rawValue)"
                    let text = record.value?.text ?? "-"
                    due["\(place) \(record.key?.text ?? "") \(text)", default: 0] += 1
                })
            differences += try redecision.run(progress: { _ in true }).differences
        }
        let reader = try makeReader()
        defer { reader.close() }
        let topics: [Topic] = [
            .holds, .deviations, .alerts, .changes, .gates, .deadLetters, .signals,
        ]
        for topic in topics {
            for partition in 0..<partitions {
                let place = TopicPartition(topic, Partition(partition))
                for record in try all(of: place, in: reader) {
                    let key = String(decoding: record.key ?? [], as: UTF8.self)
                    let text = record.value == nil ? "-" : record.text
                    due["\(topic.name)/\(partition) \(key) \(text)", default: 0] -= 1
                }
            }
        }
        return differences + due.filter { $0.value != 0 }.map { "\($0.value) \($0.key)" }
    }
}

/// A reader that shows one record with other bytes than the log has.
final class TamperingReader: ForwardingReader {
    struct Change {
        var place: TopicPartition
        var offset: Offset
        var from: String
        var to: String
    }
    let inner: any LogReader
    private let change: Change?
    private var bytes: [UnsafeMutableRawBufferPointer] = []

    init(_ inner: any LogReader, _ change: Change?) {
        self.inner = inner
        self.change = change
    }
    deinit { for block in bytes { block.deallocate() } }

    func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        try inner.poll(
            records: &records, events: &events, max: max, timeoutMilliseconds: timeoutMilliseconds)
        guard let change else { return }
        for index in records.indices
        where TopicPartition(records[index].topic, records[index].partition) == change.place
            && records[index].offset == change.offset
        {
            let text = records[index].value?.text ?? ""
            let parts = text.split(
                separator: change.from, maxSplits: 1, omittingEmptySubsequences: false)
            precondition(parts.count == 2, "nothing to tamper with in \(text)")
            let other = Array((parts[0] + change.to + parts[1]).utf8)
            let block = UnsafeMutableRawBufferPointer.allocate(
                byteCount: other.count + 128, alignment: 16)
            block.copyBytes(from: other)
            bytes.append(block)
            records[index].value = ByteView(rebasing: block[0..<other.count])
        }
    }
}
