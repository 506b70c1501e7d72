// Reads one partition in order, with one record of look-ahead, so that ranges can be taken exactly.

import EventLog
import EventModel

/// Sequential reading of one partition.
final class InputFeeder {
    let reader: any LogReader
    let input: TopicPartition
    private var records: ContiguousArray<LogRecord> = []
    private var head = 0
    private var events: [LogEvent] = []
    private var end = Offset(0)
    private var knownEnd = Offset(0)

    init(reader: any LogReader, input: TopicPartition) {
        self.reader = reader
        self.input = input
    }

    /// Gives back what was read ahead.
    func stop() {
        for record in records[head...] { reader.release(record) }
        records.removeAll(keepingCapacity: true)
        head = 0
    }

    func start(at offset: Offset) throws(LogError) {
        stop()
        end = Offset(0)
        try reader.assign([(input, offset)])
    }

    /// The partition's end; asked for anew only when the one known lies before the limit.
    func end(atLeast limit: Offset) throws(LogError) -> Offset {
        if knownEnd < limit { knownEnd = try reader.end(of: input, isolation: .committed) }
        return knownEnd
    }

    /// The next record before `limit`, or nil when there is none (the end is at or beyond it).
    func next(before limit: Offset) throws(LogError) -> LogRecord? {
        while true {
            if head < records.count {
                guard records[head].offset < limit else { return nil }
                head += 1
                return records[head - 1]
            }
            if end >= limit { return nil }
            records.removeAll(keepingCapacity: true)
            events.removeAll(keepingCapacity: true)
            head = 0
            do {
                try reader.poll(
                    records: &records, events: &events, max: 2048, timeoutMilliseconds: 200)
            } catch  where error.reaction == .retry {
                continue
            }
            for case .reachedEnd(input, let offset) in events { end = max(end, offset) }
        }
    }
}
