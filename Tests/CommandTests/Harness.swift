// A log in memory and captured streams: the command as a whole, without a process.

import Configuration
import EventLog
import EventModel

@testable import holdfast

/// A record that a fake log holds.
struct FakeRecord {
    var topic: Topic
    var partition: Int32 = 0
    var key: String?
    var value: String?
    var headers: [(name: String, value: [UInt8])] = []
    var appendTime = Instant(milliseconds: 1_767_592_800_000)
}

/// What the fake log holds, and what was done to it.
final class FakeLog: LogOpener {
    var records: [FakeRecord] = []
    var topics: [Topic: TopicDescription] = [:]
    var altered: [Topic: [String: String]] = [:]
    var failure: LogError?

    func reader(_ settings: Settings) throws(LogError) -> any LogReader {
        if let failure { throw failure }
        return FakeReader(self)
    }
    func writer(_ settings: Settings) throws(LogError) -> any LogWriter {
        if let failure { throw failure }
        return FakeWriter(self)
    }
    func admin(_ settings: Settings) throws(LogError) -> any LogAdmin {
        if let failure { throw failure }
        return FakeAdmin(self)
    }

    func records(of partition: TopicPartition) -> [FakeRecord] {
        records.filter {
            $0.topic == partition.topic && $0.partition == partition.partition.rawValue
        }
    }
}

private final class FakeReader: LogReader {
    private let log: FakeLog
    private var assigned: [(TopicPartition, Offset)] = []
    private(set) var held = 0

    init(_ log: FakeLog) { self.log = log }

    func partitionCount(of topic: Topic) throws(LogError) -> Int32 { 2 }
    func lowWatermark(of partition: TopicPartition) throws(LogError) -> Offset { Offset(0) }
    /// One more than the records: a control record ends a transaction.
    func end(of partition: TopicPartition, isolation: Isolation) throws(LogError) -> Offset {
        let count = Int64(log.records(of: partition).count)
        return Offset(count == 0 ? 0 : count + 1)
    }
    func offset(of partition: TopicPartition, at instant: Instant) throws(LogError) -> Offset? {
        log.records(of: partition).firstIndex { $0.appendTime >= instant }.map { Offset(Int64($0)) }
    }
    func assign(_ positions: [(TopicPartition, Offset)]) throws(LogError) { assigned = positions }

    func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        for (partition, from) in assigned {
            let all = log.records(of: partition)
            for (index, record) in all.enumerated() where Int64(index) >= from.rawValue {
                records.append(make(record, offset: Int64(index)))
                held += 1
            }
            events.append(.reachedEnd(partition, Offset(Int64(all.count) + 1)))
        }
        assigned = []
    }

    private func make(_ record: FakeRecord, offset: Int64) -> LogRecord {
        let headers = UnsafeMutableBufferPointer<HeaderView>.allocate(
            capacity: record.headers.count)
        for (index, header) in record.headers.enumerated() {
            headers.initializeElement(
                at: index,
                to: HeaderView(
                    name: Self.copy(Array(header.name.utf8)), value: Self.copy(header.value)))
        }
        return LogRecord(
            topic: record.topic, partition: Partition(record.partition), offset: Offset(offset),
            appendTime: record.appendTime, key: record.key.map { Self.copy(Array($0.utf8)) },
            value: record.value.map { Self.copy(Array($0.utf8)) },
            headers: UnsafeBufferPointer(headers), owner: nil)
    }

    private static func copy(_ bytes: [UInt8]) -> ByteView {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        buffer.copyBytes(from: bytes)
        return ByteView(buffer)
    }

    /// Overwrites what it gives back, so that a use after release shows.
    func release(_ record: LogRecord) {
        held -= 1
        for view in [record.key, record.value] {
            if let view {
                UnsafeMutableRawBufferPointer(mutating: view).initializeMemory(
                    as: UInt8.self, repeating: 0x21)
            }
        }
    }
    func close() { precondition(held == 0, "every polled record is released once") }
}

private final class FakeWriter: LogWriter {
    private let log: FakeLog
    init(_ log: FakeLog) { self.log = log }
    func write(
        topic: Topic, partition: Partition?, key: ByteView?, value: ByteView?,
        headers: [(name: String, value: [UInt8])]
    ) throws(LogError) {
        log.records.append(
            FakeRecord(
                topic: topic, partition: partition?.rawValue ?? 0, key: key?.text,
                value: value?.text, headers: headers))
    }
    func flush() throws(LogError) {}
    func close() {}
}

private final class FakeAdmin: LogAdmin {
    private let log: FakeLog
    init(_ log: FakeLog) { self.log = log }
    func describe(_ topics: [Topic]) throws(LogError) -> [Topic: TopicDescription] { log.topics }
    func create(_ topic: Topic, as wanted: TopicDescription) throws(LogError) {
        log.topics[topic] = wanted
    }
    func alter(_ topic: Topic, settings: [String: String]) throws(LogError) {
        log.altered[topic] = settings
        log.topics[topic]?.settings.merge(settings) { $1 }
    }
    func close() {}
}

/// What a command line answered.
struct Answer {
    var code: ExitCode
    var output: String
    var error: String
    var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// Runs command lines against a fake log.
final class Harness {
    let log = FakeLog()
    var variables: [String: String] = [:]
    var isTerminal = false
    /// How many writes to the output are taken before its reader goes away.
    var writesUntilClosed = Int.max

    func run(_ words: String...) -> Answer { run(words) }

    func run(_ words: [String]) -> Answer {
        var output: [UInt8] = []
        var error: [UInt8] = []
        let isTerminal = isTerminal
        let environment = Environment(
            now: { Instant(milliseconds: 1_767_596_400_000) }, monotonicMicroseconds: { 0 },
            random: { 4 })
        let dispatcher = Dispatcher(
            variables: variables, environment: environment, logs: log,
            isStopRequested: { false },
            makeTerminal: { color, isQuiet in
                Terminal(
                    sink: { stream, bytes in
                        if stream == .error {
                            error.append(contentsOf: bytes)
                            return true
                        }
                        self.writesUntilClosed -= 1
                        guard self.writesUntilClosed >= 0 else { return false }
                        output.append(contentsOf: bytes)
                        return true
                    },
                    outputIsTerminal: isTerminal, errorIsTerminal: isTerminal,
                    isColored: Terminal.wantsColor(
                        color, environment: self.variables, isTerminal: isTerminal),
                    isQuiet: isQuiet)
            })
        let code = dispatcher.run(words)
        return Answer(
            code: code, output: String(decoding: output, as: UTF8.self),
            error: String(decoding: error, as: UTF8.self))
    }
}
