// A log copied record by record: offsets, append times, headers and ends are the other's.

import EventLog
import EventModel
import Foundation
import Testing

@Suite struct LocalImporterTests {
    private let directory =
        NSTemporaryDirectory() + "holdfast-import-\(getpid())-\(UInt64.random(in: 0 ... .max))"
    private let place = TopicPartition(.mesExecution, Partition(1))

    /// Records at 3 and 7; the log ends at 10: holes before, between and after.
    private func fill(_ importer: LocalLogImporter) throws {
        try importer.create(
            .mesExecution,
            as: TopicDescription(partitions: 2, replication: 1, settings: [:]))
        for (offset, time) in [(Int64(3), Int64(1_000)), (7, 2_000)] {
            try Array("k\(offset)".utf8).withUnsafeBytes { key in
                let views = [HeaderView(name: key, value: nil)]
                try views.withUnsafeBufferPointer { headers in
                    try importer.add(
                        LogRecord(
                            topic: .mesExecution, partition: Partition(1), offset: Offset(offset),
                            appendTime: Instant(milliseconds: time), key: key, value: nil,
                            headers: headers, owner: nil))
                }
            }
        }
        try importer.finish(place, at: Offset(10))
    }

    @Test func `records stand where they stood, and the end counts the holes`() throws {
        try fill(LocalLogImporter(directory: directory))
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let reader = try LocalLogReader(directory: directory)
        #expect(try reader.lowWatermark(of: place) == Offset(3))
        #expect(try reader.end(of: place, isolation: .committed) == Offset(10))
        try reader.assign([(place, Offset(0))])
        var records: ContiguousArray<LogRecord> = []
        var events: [LogEvent] = []
        while events.isEmpty {
            try reader.poll(
                records: &records, events: &events, max: 10, timeoutMilliseconds: 100)
        }
        #expect(events == [.reachedEnd(place, Offset(10))])
        #expect(records.map(\.offset) == [Offset(3), Offset(7)])
        #expect(records.map(\.appendTime.milliseconds) == [1_000, 2_000])
        #expect(records.map { $0.key?.text } == ["k3", "k7"])
        #expect(records.map { $0.headers[0].name.text } == ["k3", "k7"])
        for record in records { reader.release(record) }
    }

    @Test(
        arguments: [(0, 3), (1_000, 3), (1_001, 7), (2_000, 7), (2_001, nil)] as [(Int64, Int64?)])
    func `an instant is found between holes`(milliseconds: Int64, offset: Int64?) throws {
        try fill(LocalLogImporter(directory: directory))
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let reader = try LocalLogReader(directory: directory)
        let found = try reader.offset(of: place, at: Instant(milliseconds: milliseconds))
        #expect(found?.rawValue == offset)
    }

    @Test func `a log that is there already is refused`() throws {
        try fill(LocalLogImporter(directory: directory))
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let error = #expect(throws: LogError.self) {
            _ = try LocalLogImporter(directory: directory)
        }
        #expect(error?.code == "EEXIST")
        #expect(error?.message.contains("holds a log already") == true)
    }
}
