// Drives a stream or a reader the way a worker would: answers assignments, copies and releases
// every
// record, remembers events in order.

import EventLog
import EventModel
import Glibc

/// Milliseconds of a clock that never runs backwards.
func monotonicMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
}

/// Something the suite polls while it waits.
protocol Pollable: AnyObject {
    func step() throws
}

/// One stream, and all it has told.
final class StreamDriver: Pollable {
    let stream: any StreamLog
    private(set) var records: [PlainRecord] = []
    private(set) var events: [LogEvent] = []
    private(set) var owned: Set<Partition> = []
    /// Where a newly assigned task starts; by default at the group's offsets, else at 0.
    var startPositions: ((Partition) throws -> [Topic: Offset])?
    private var polled: ContiguousArray<LogRecord> = []

    init(_ stream: any StreamLog) { self.stream = stream }

    func step() throws { try step(max: 500) }

    func step(max: Int) throws {
        var told: [LogEvent] = []
        try stream.poll(records: &polled, events: &told, max: max, timeoutMilliseconds: 10)
        if polled.count > max {
            throw ConformanceFailure("a poll of at most \(max) gave \(polled.count) records")
        }
        for record in polled {
            records.append(PlainRecord(record))
            stream.release(record)
        }
        polled.removeAll(keepingCapacity: true)
        for event in told { try serve(event) }
    }

    private func serve(_ event: LogEvent) throws {
        events.append(event)
        switch event {
        case .reachedEnd: break
        case .assigned(let partitions):
            for partition in partitions {
                owned.insert(partition)
                try stream.start(partition, at: positions(of: partition))
            }
        case .revoked(let partitions), .lost(let partitions):
            owned.subtract(partitions)
            try stream.finishRevocation(partitions)
        }
    }

    private func positions(of partition: Partition) throws -> [Topic: Offset] {
        if let startPositions { return try startPositions(partition) }
        var positions: [Topic: Offset] = [:]
        let committed = try patiently { () throws(LogError) in
            try stream.groupOffsets(of: partition)
        }
        for topic in Topic.inputs { positions[topic] = committed[topic] ?? Offset(0) }
        return positions
    }

    func seen(_ partition: TopicPartition) -> [PlainRecord] {
        records.filter { $0.topicPartition == partition }
    }

    func forget() {
        records.removeAll()
        events.removeAll()
    }
}

/// One reader, and all it has told.
final class ReaderDriver: Pollable {
    let reader: any LogReader
    private(set) var records: [PlainRecord] = []
    private(set) var events: [LogEvent] = []
    private var polled: ContiguousArray<LogRecord> = []

    init(_ reader: any LogReader) { self.reader = reader }

    func step() throws {
        try reader.poll(records: &polled, events: &events, max: 1_000, timeoutMilliseconds: 10)
        for record in polled {
            records.append(PlainRecord(record))
            reader.release(record)
        }
        polled.removeAll(keepingCapacity: true)
    }

    /// Whether the end has been told for every one of these.
    func hasReached(_ partitions: [TopicPartition]) -> Bool {
        partitions.allSatisfy { ends(of: $0).isEmpty == false }
    }

    func ends(of partition: TopicPartition) -> [Offset] { endsTold(of: partition, in: events) }
}

/// The ends told for one partition, in order.
func endsTold(of partition: TopicPartition, in events: [LogEvent]) -> [Offset] {
    events.compactMap {
        if case .reachedEnd(partition, let offset) = $0 { return offset }
        return nil
    }
}

/// Repeats a call that answers `retry` ("nothing happened"), within 30 s.
func patiently<Value>(_ body: () throws(LogError) -> Value) throws(LogError) -> Value {
    let start = monotonicMilliseconds()
    while true {
        do { return try body() } catch {
            guard error.reaction == .retry, monotonicMilliseconds() - start < 30_000 else {
                throw error
            }
            usleep(1_000)
        }
    }
}

extension LogFixture {
    /// Polls all of them in turn until the condition holds.
    func wait(
        _ polled: [any Pollable], for what: String, until condition: () throws -> Bool
    ) throws {
        let start = monotonicMilliseconds()
        while try !condition() {
            if monotonicMilliseconds() - start > patienceMilliseconds {
                throw ConformanceFailure("waited \(patienceMilliseconds) ms in vain: \(what)")
            }
            for each in polled { try each.step() }
        }
    }

    /// Polls all of them for as long as it takes to believe that nothing more comes.
    func settle(_ polled: [any Pollable]) throws {
        let start = monotonicMilliseconds()
        repeat {
            for each in polled { try each.step() }
        } while monotonicMilliseconds() - start < quietMilliseconds
    }

    /// A stream that is open, a member, and owns all partitions.
    func soleStream(named name: String = "a") throws -> StreamDriver {
        let driver = StreamDriver(try makeStream(named: name))
        try driver.stream.open()
        return driver
    }

    /// The same, once it has been given everything.
    func owner(named name: String = "a") throws -> StreamDriver {
        let driver = try soleStream(named: name)
        try wait([driver], for: "the only member is assigned every partition") {
            driver.owned.count == Int(ConformanceCheck.partitions)
        }
        return driver
    }

    /// All committed records of one partition, from an offset to its end, by a reader of its own.
    /// The end is the one that open transactions count in: a commit may return before its records
    /// are visible (Kafka's coordinator answers first and writes the markers then), and so a
    /// restore reads in this order, too.
    func readAll(_ partition: TopicPartition, from offset: Offset = Offset(0)) throws
        -> [PlainRecord]
    {
        let driver = ReaderDriver(try makeReader())
        defer { driver.reader.close() }
        let end = try driver.reader.end(of: partition, isolation: .uncommitted)
        try driver.reader.assign([(partition, offset)])
        try wait([driver], for: "the end of \(partition.topic.name) is reached") {
            (driver.ends(of: partition).last ?? Offset(0)) >= end
                && driver.hasReached([partition])
        }
        return driver.records
    }

    /// Writes numbered records (key "k", value the number) to one partition, in one go.
    func write(_ numbers: Range<Int>, to partition: TopicPartition) throws {
        let writer = try makeWriter()
        defer { writer.close() }
        for number in numbers {
            try withView(Array("k".utf8)) { (key) throws(LogError) in
                try withView(Array(String(number).utf8)) { (value) throws(LogError) in
                    try writer.write(
                        topic: partition.topic, partition: partition.partition, key: key,
                        value: value, headers: [])
                }
            }
        }
        try writer.flush()
    }
}

/// The values of numbered records.
func numbers(_ records: [PlainRecord]) -> [Int] {
    records.compactMap { $0.value.flatMap { Int(String(decoding: $0, as: UTF8.self)) } }
}
