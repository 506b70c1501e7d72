// `holdfast produce FILE|-`: JSON lines -> records. A value goes out byte for byte as it stands in
// its line: a producer's own bytes are what content digests and goldens are made of.

import Configuration
import Contracts
import EventLog
import EventModel
import Glibc

/// Writes records from JSON lines.
package final class ProduceCommand {
    private let call: Invocation
    private let path: String
    private let writer: any LogWriter
    private var parser: JSONParser
    private var counts: [Topic: Int] = [:]
    private var total = 0
    private let startedAt: Int64
    private var progressAt: Int64 = 0

    package static func run(_ call: Invocation) throws(CommandError) {
        let writer = try reaching { () throws(LogError) in try call.logs.writer(call.settings) }
        defer { writer.close() }
        try ProduceCommand(call, writer: writer).writeAll()
    }

    private init(_ call: Invocation, writer: any LogWriter) {
        self.call = call
        self.writer = writer
        path = call.arguments[0]
        // The value stands inside the line's object, and what is refused for its depth must be
        // sendable, to see it refused.
        var limits = call.settings.limits
        limits.jsonDepthMax += 64
        parser = JSONParser(limits: limits)
        startedAt = call.environment.monotonicMicroseconds()
    }

    private func writeAll() throws(CommandError) {
        var lines = try LineReader(
            path: path, lineBytesMax: call.settings.limits.produceLineBytesMax)
        let rate = call.settings.integer(.rate)
        var failure: CommandError?
        do throws(CommandError) {
            while !call.shouldEnd, let line = try lines.next() {
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }) { continue }
                try write(line, number: lines.line)
                if let rate { wait(perSecond: rate) }
                showProgress(read: lines.bytesRead, of: lines.size)
            }
        } catch { failure = error }
        // What was accepted before a bad line is written: the count says how far we came.
        try reaching { () throws(LogError) in try writer.flush() }
        call.terminal.clearProgress()
        report(isComplete: failure == nil)
        if let failure { throw failure }
    }

    // MARK: One line

    private func write(_ line: ArraySlice<UInt8>, number: Int) throws(CommandError) {
        let place = "\(path == "-" ? "standard input" : path):\(number)"
        let answer = line.withUnsafeBytes { bytes -> Result<Void, CommandError> in
            do throws(CommandError) {
                return .success(try write(bytes, place: place))
            } catch { return .failure(error) }
        }
        try answer.get()
    }

    private func write(_ bytes: ByteView, place: String) throws(CommandError) {
        let record: ProducedRecord
        do throws(JSONError) {
            record = try ProducedRecord(parser.parse(bytes))
        } catch { throw CommandError(.data, place, "no JSON: \(error.description)") }
        if let fault = record.fault {
            throw CommandError(.data, place, fault.cause, wayOut: fault.wayOut)
        }
        guard let topic = record.topic else { preconditionFailure("a record without fault") }
        try reaching { () throws(LogError) in
            try writer.write(
                topic: topic, partition: nil, key: record.key, value: record.value,
                headers: record.headers)
        }
        counts[topic, default: 0] += 1
        total += 1
    }

    // MARK: Pace and progress

    private func wait(perSecond rate: Int64) {
        let due = startedAt + Int64(total) * 1_000_000 / rate
        while !call.shouldEnd {
            let rest = due - call.environment.monotonicMicroseconds()
            guard rest > 0 else { return }
            // In slices, so that Ctrl-C is heard.
            usleep(UInt32(min(rest, 100_000)))
        }
    }

    private func showProgress(read: Int64, of size: Int64) {
        guard call.terminal.errorIsTerminal, total & 255 == 0 else { return }
        let now = call.environment.monotonicMicroseconds()
        guard now - progressAt > 100_000 else { return }
        progressAt = now
        guard size > 0 else {
            call.terminal.progress("\(total) records")
            return
        }
        let filled = Int(min(30, read * 30 / size))
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
        call.terminal.progress("[\(bar)] \(min(100, read * 100 / size)) %  \(total) records")
    }

    private func report(isComplete: Bool) {
        let topics = counts.sorted { $0.key < $1.key }
        if call.settings.isJSON {
            var json = JSONWriter()
            json.beginObject()
            json.member("complete", isComplete)
            json.member("records", Int64(total))
            json.name("topics")
            json.beginObject()
            for (topic, count) in topics { json.member(topic.name, Int64(count)) }
            json.endObject()
            json.endObject()
            call.terminal.line(bytes: json.bytes)
        } else if !call.terminal.isQuiet {
            for (topic, count) in topics { call.terminal.line("\(topic.name): \(count)") }
            call.terminal.line("Wrote \(total) \(total == 1 ? "record" : "records").")
        }
    }
}

extension JSONWriter {
    /// A member whose name is any text.
    fileprivate mutating func member(_ name: String, _ value: Int64) {
        self.name(name)
        integer(value)
    }
}
