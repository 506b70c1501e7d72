// Small helpers over the log protocols: errors become the command's, and a scan reads what there
// is.

import Configuration
import EventLog
import EventModel

/// Runs a call of the log; its error becomes the command's.
func reaching<Answer>(_ body: () throws(LogError) -> Answer) throws(CommandError) -> Answer {
    do throws(LogError) { return try body() } catch { throw CommandError(error) }
}

/// Reads topics from their low watermark to the end that they have when the scan begins.
enum LogScan {
    /// So long nothing may arrive before we say that the log does not answer, in microseconds.
    private static let patienceMicroseconds: Int64 = 30_000_000
    private static let pollMilliseconds: Int32 = 250

    /// Every committed record of these topics, to `visit`; records of one partition come in order,
    /// and their views are valid during the call only. `visit` answers false to end the scan.
    static func read(
        _ topics: [Topic], call: Invocation,
        visit: (LogRecord) throws(CommandError) -> Bool
    ) throws(CommandError) {
        let reader = try reaching { () throws(LogError) in try call.logs.reader(call.settings) }
        defer { reader.close() }
        var positions: [(TopicPartition, Offset)] = []
        var ends: [TopicPartition: Offset] = [:]
        for topic in topics {
            try reaching { () throws(LogError) in
                for number in 0..<(try reader.partitionCount(of: topic)) {
                    let partition = TopicPartition(topic, Partition(number))
                    let low = try reader.lowWatermark(of: partition)
                    let end = try reader.end(of: partition, isolation: .committed)
                    guard low < end else { continue }
                    positions.append((partition, low))
                    ends[partition] = end
                }
            }
        }
        try read(from: positions, to: ends, reader: reader, call: call, visit: visit)
    }

    /// The records between positions and ends; partitions without an end are not read.
    static func read(
        from positions: [(TopicPartition, Offset)], to ends: [TopicPartition: Offset],
        reader: any LogReader, call: Invocation, isFollowing: Bool = false,
        visit: (LogRecord) throws(CommandError) -> Bool
    ) throws(CommandError) {
        guard !positions.isEmpty else { return }
        try reaching { () throws(LogError) in try reader.assign(positions) }
        var open = ends
        var lastNews = call.environment.monotonicMicroseconds()
        while !open.isEmpty, !call.shouldEnd {
            var records = ContiguousArray<LogRecord>()
            var events: [LogEvent] = []
            try reaching { () throws(LogError) in
                try reader.poll(
                    records: &records, events: &events, max: 1_000,
                    timeoutMilliseconds: pollMilliseconds)
            }
            let wantsMore = try visitAll(records, reader: reader, open: &open, visit: visit)
            guard wantsMore else { return }
            for case .reachedEnd(let partition, let offset) in events {
                // Its end may be a control record: no record will ever be at `end - 1`.
                if let end = open[partition], offset >= end { open[partition] = nil }
            }
            let now = call.environment.monotonicMicroseconds()
            // Who follows wants what there is, at once; a scan may fill its buffer.
            if isFollowing { call.terminal.flush() }
            if !records.isEmpty || !events.isEmpty { lastNews = now }
            guard isFollowing || now - lastNews < patienceMicroseconds else {
                throw CommandError(
                    .unavailable, "reading the log", "nothing arrived for 30 s",
                    wayOut: "Check that the brokers answer, then try again")
            }
        }
    }

    private static func visitAll(
        _ records: ContiguousArray<LogRecord>, reader: any LogReader,
        open: inout [TopicPartition: Offset],
        visit: (LogRecord) throws(CommandError) -> Bool
    ) throws(CommandError) -> Bool {
        var wantsMore = true
        var failure: CommandError?
        for record in records {
            let partition = TopicPartition(record.topic, record.partition)
            if wantsMore, let end = open[partition], record.offset < end {
                do throws(CommandError) { wantsMore = try visit(record) } catch {
                    failure = error
                    wantsMore = false
                }
                if record.offset.next >= end { open[partition] = nil }
            }
            // Every polled record is given back, also after a failure.
            reader.release(record)
        }
        if let failure { throw failure }
        return wantsMore
    }
}
