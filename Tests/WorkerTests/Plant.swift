// A plant on the embedded log: topics, records in, a worker run to its end, records out.

import Contracts
import Decisions
import EventLog
import EventModel
import Foundation
import Synchronization
import Worker

/// A clock that a test moves.
final class TestClock: Sendable {
    private let milliseconds: Atomic<Int64>
    init(_ text: String) {
        milliseconds = Atomic(Instant(rfc3339: text)!.milliseconds)
    }
    var now: Instant { Instant(milliseconds: milliseconds.load(ordering: .relaxed)) }
    func advance(seconds: Int64) { milliseconds.add(seconds * 1000, ordering: .relaxed) }

    /// Real monotonic time, test wall time.
    var environment: Environment {
        let clock = self
        return Environment(
            now: { clock.now },
            monotonicMicroseconds: { Int64(DispatchTime.now().uptimeNanoseconds / 1000) },
            random: { 4 })
    }
}

/// One record out.
struct Output: Equatable {
    var topic: Topic
    var key: String
    var value: String?
    var headers: [String: String]

    /// A member of the value by path, e.g. "data.severity", as text.
    func text(_ path: String) -> String? {
        guard let value, let object = try? JSONSerialization.jsonObject(with: Data(value.utf8))
        else { return nil }
        var at: Any? = object
        for part in path.split(separator: ".") {
            at = (at as? [String: Any])?[String(part)]
        }
        switch at {
        case let text as String: return text
        case let number as NSNumber: return number.stringValue
        case let list as [Any]: return list.map { "\($0)" }.joined(separator: ",")
        default: return nil
        }
    }
    var type: String { text("type") ?? "" }
}

/// The embedded log in a directory of its own, with all topics.
final class Plant {
    let directory: String
    let clock: TestClock
    var state: String
    var deployment = "test"
    var policy = Policy.standard
    var signals: [String] = []

    init(partitions: Int32 = 4, at time: String = "2026-01-05T06:00:00Z") throws {
        directory = NSTemporaryDirectory() + "holdfast-\(getpid())-\(UInt64.random(in: 0 ... .max))"
        state = directory + "/state"
        clock = TestClock(time)
        let admin = try LocalLogAdmin(directory: directory)
        for topic in Topic.allCases {
            try admin.create(
                topic, as: TopicDescription(partitions: partitions, replication: 1, settings: [:]))
        }
        admin.close()
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func produce(
        _ topic: Topic, key: String?, _ value: String?,
        headers: [(name: String, value: [UInt8])] = [], partition: Int32? = nil
    ) throws {
        let clock = clock
        let writer = try LocalLogWriter(directory: directory, clock: { clock.now })
        try withBytes(key) { key in
            try withBytes(value) { value in
                try writer.write(
                    topic: topic, partition: partition.map { Partition($0) }, key: key,
                    value: value, headers: headers)
            }
        }
        try writer.flush()
        writer.close()
    }

    private func withBytes(_ text: String?, _ body: (ByteView?) throws -> Void) throws {
        guard let text else { return try body(nil) }
        try Array(text.utf8).withUnsafeBytes { try body($0) }
    }

    func execution(
        _ type: String, _ id: String, lot: String, _ data: String = "", time: String? = nil
    ) throws {
        let more = data.isEmpty ? "" : "," + data
        try produce(
            .mesExecution, key: lot,
            event(type, id, source: "/mes", time: time, #"{"lotId":"\#(lot)"\#(more)}"#))
    }

    func quality(_ type: String, _ id: String, key: String, _ data: String) throws {
        try produce(.qmsQuality, key: key, event(type, id, source: "/qms", time: nil, data))
    }

    func event(_ type: String, _ id: String, source: String, time: String?, _ data: String)
        -> String
    {
        #"{"specversion":"1.0","id":"\#(id)","source":"\#(source)","type":"\#(type)","#
            + #""time":"\#(time ?? clock.now.text)","data":\#(data)}"#
    }

    func failStep(
        _ id: String, lot: String, severity: String = "critical", equipment: String = "press-1"
    ) throws {
        try execution(
            "mes.stepFailed.v1", id, lot: lot,
            #""stepId":"s1","operation":"press","equipmentId":"\#(equipment)","operatorId":"o1","#
                + #""severity":"\#(severity)","failureMode":"jam""#)
    }

    /// Runs a worker until everything there is has been decided.
    @discardableResult
    func work(steps: Int = 400) throws -> BatchCounts {
        var settings = WorkerSettings(
            deployment: deployment, stateDirectory: state, policy: policy)
        settings.stopsWhenIdle = true
        let clock = clock
        let log = try LocalStreamLog(directory: directory, thread: 0, of: 1, clock: { clock.now })
        let signals = SignalList()
        let thread = StreamThread(
            log: log, settings: settings, environment: clock.environment, index: 0,
            stop: StopFlag(), registry: try ContractRegistry(limits: settings.limits),
            notify: { signals.add($0.name) })
        try thread.open()
        var left = steps
        while left > 0, try !thread.isIdle() {
            try thread.step()
            left -= 1
        }
        try thread.drain()
        self.signals = signals.names
        return thread.totals
    }

    /// Everything committed to these topics, in order of partition and offset.
    func outputs(_ topics: Topic...) throws -> [Output] {
        let reader = try LocalLogReader(directory: directory)
        defer { reader.close() }
        var found: [Output] = []
        for topic in topics {
            for number in 0..<(try reader.partitionCount(of: topic)) {
                let partition = TopicPartition(topic, Partition(number))
                let end = try reader.end(of: partition, isolation: .committed)
                guard end.rawValue > 0 else { continue }
                try reader.assign([(partition, Offset(0))])
                var records: ContiguousArray<LogRecord> = []
                var events: [LogEvent] = []
                while !events.contains(.reachedEnd(partition, end)) {
                    try reader.poll(
                        records: &records, events: &events, max: 1000, timeoutMilliseconds: 100)
                }
                for record in records {
                    var headers: [String: String] = [:]
                    for header in record.headers { headers[header.name.text] = header.value?.text }
                    found.append(
                        Output(
                            topic: topic, key: record.key?.text ?? "", value: record.value?.text,
                            headers: headers))
                    reader.release(record)
                }
            }
        }
        return found
    }
}

private final class SignalList {
    var names: [String] = []
    func add(_ name: String) { names.append(name) }
}
