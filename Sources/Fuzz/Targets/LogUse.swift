// Everything that is done to a local log, in one place: read from both sides, written to, asked.
// The log is the truth and never repaired: a file that is not whole may be refused at any step, by
// a LogError that stops the process with words; what is read before that must be in order.

import EventLog
import EventModel

/// Uses a local log in a directory.
enum LogUse {
    private static let pollsMax = 64

    /// Reads all topics, writes to the inputs, and works as a stream thread does.
    static func all(_ directory: String) {
        step { () throws(LogError) in try readAll(directory) }
        step { () throws(LogError) in try describe(directory) }
        step { () throws(LogError) in try write(directory) }
        step { () throws(LogError) in try stream(directory) }
    }

    /// An error may stop the process or be tried again by a person; nothing of ours waits here, so
    /// a file that seems busy is a defect.
    private static func step(_ body: () throws(LogError) -> Void) {
        do throws(LogError) { try body() } catch {
            Finding.require(error.reaction != .retry, "nobody else has the file: \(error)")
        }
    }

    private static func readAll(_ directory: String) throws(LogError) {
        let reader = try LocalLogReader(directory: directory)
        defer { reader.close() }
        for topic in Topic.allCases {
            for number in 0..<min(8, try reader.partitionCount(of: topic)) {
                let place = TopicPartition(topic, Partition(number))
                let low = try reader.lowWatermark(of: place)
                let end = try reader.end(of: place, isolation: .committed)
                _ = try reader.offset(of: place, at: BaseFiles.now)
                guard low <= end else { continue }
                try reader.assign([(place, low)])
                try read(place, from: low, with: reader)
            }
        }
    }

    private static func read(
        _ place: TopicPartition, from low: Offset, with reader: LocalLogReader
    ) throws(LogError) {
        var records: ContiguousArray<LogRecord> = []
        var events: [LogEvent] = []
        var last = low.rawValue - 1
        for _ in 0..<pollsMax where events.isEmpty {
            records.removeAll(keepingCapacity: true)
            defer { for record in records { reader.release(record) } }
            try reader.poll(records: &records, events: &events, max: 64, timeoutMilliseconds: 0)
            for record in records {
                Finding.require(
                    record.offset.rawValue > last, "\(place) goes back to \(record.offset)")
                last = record.offset.rawValue
                var sum = record.headers.reduce(0) { $0 &+ $1.name.count }
                for byte in record.value ?? record.key ?? ByteView(start: nil, count: 0) {
                    sum = sum &+ Int(byte)
                }
            }
            if records.isEmpty { break }
        }
    }

    private static func describe(_ directory: String) throws(LogError) {
        let admin = try LocalLogAdmin(directory: directory)
        defer { admin.close() }
        _ = try admin.describe(Topic.allCases)
        try admin.alter(.mesExecution, settings: ["retention.ms": "1"])
    }

    private static func write(_ directory: String) throws(LogError) {
        let writer = try LocalLogWriter(directory: directory, clock: { BaseFiles.now })
        defer { writer.close() }
        for topic in [Topic.mesExecution, .state] {
            try writer.write(
                topic: topic, partition: nil, key: nil, value: nil, headers: [("a", [1])])
        }
        try writer.flush()
    }

    private static func stream(_ directory: String) throws(LogError) {
        let log = try LocalStreamLog(
            directory: directory, thread: 0, of: 1, clock: { BaseFiles.now })
        defer { log.close() }
        try log.open()
        var records: ContiguousArray<LogRecord> = []
        var events: [LogEvent] = []
        try log.poll(records: &records, events: &events, max: 64, timeoutMilliseconds: 0)
        let offsets = try log.groupOffsets(of: Partition(0))
        try log.start(Partition(0), at: offsets)
        try log.poll(records: &records, events: &events, max: 64, timeoutMilliseconds: 0)
        for record in records { log.release(record) }
        let request = CommitRequest()
        request.transaction.append(topic: .audit, partition: Partition(0), key: nil, value: nil)
        request.offsets = offsets.map { (TopicPartition($0.key, Partition(0)), $0.value) }
        request.token = try log.groupToken()
        log.beginCommit(request)
        _ = try log.commitOutcome(timeoutMilliseconds: 0)
    }
}
