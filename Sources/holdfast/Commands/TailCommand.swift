// `holdfast tail TOPIC`: committed records, for people or programs.

import Configuration
import EventLog
import EventModel

/// Prints records of a topic.
package enum TailCommand {
    /// Where to begin.
    enum Start: Equatable {
        case beginning, end
        case offset(Int64)
        case time(Instant)

        /// Reads `--from`: beginning, end, an offset, RFC 3339, or an age such as 15m.
        init(_ text: String, now: Instant) throws(CommandError) {
            if text == "beginning" {
                self = .beginning
            } else if text == "end" {
                self = .end
            } else if let offset = Int64(text), offset >= 0 {
                self = .offset(offset)
            } else if let instant = Instant(rfc3339: text) {
                self = .time(instant)
            } else if let age = SettingValue.milliseconds(text) {
                self = .time(Instant(milliseconds: now.milliseconds - age))
            } else {
                throw CommandError(
                    .usage, "--from", "'\(Terminal.visible(text))' is no place in a topic",
                    wayOut: "Write beginning, end, an offset, 2026-01-05T06:00:00Z or 15m")
            }
        }
    }

    package static func run(_ call: Invocation) throws(CommandError) {
        guard let topic = Topic(name: call.arguments[0]) else {
            preconditionFailure("the parser checks the topic")
        }
        let start = try Start(
            call.settings.text(.from) ?? "beginning", now: call.environment.now())
        let reader = try reaching { () throws(LogError) in try call.logs.reader(call.settings) }
        defer { reader.close() }
        let isFollowing = call.settings.flag(.follow)
        var positions: [(TopicPartition, Offset)] = []
        var ends: [TopicPartition: Offset] = [:]
        for partition in try partitions(of: topic, reader: reader, call: call) {
            try reaching { () throws(LogError) in
                let low = try reader.lowWatermark(of: partition)
                let end = try reader.end(of: partition, isolation: .committed)
                let from = try offset(start, partition, low: low, end: end, reader: reader)
                guard from < end || isFollowing else { return }
                positions.append((partition, from))
                ends[partition] = isFollowing ? Offset(Int64.max) : end
            }
        }
        let printer = RecordPrinter(call)
        let most = call.settings.integer(.max) ?? Int64.max
        var count: Int64 = 0
        try LogScan.read(
            from: positions, to: ends, reader: reader, call: call, isFollowing: isFollowing
        ) { record throws(CommandError) in
            printer.print(record)
            count += 1
            return count < most && !call.terminal.isClosed
        }
    }

    private static func partitions(
        of topic: Topic, reader: any LogReader, call: Invocation
    ) throws(CommandError) -> [TopicPartition] {
        let count = try reaching { () throws(LogError) in try reader.partitionCount(of: topic) }
        guard let asked = call.settings.integer(.partition) else {
            return (0..<count).map { TopicPartition(topic, Partition($0)) }
        }
        guard asked < Int64(count) else {
            throw CommandError(
                .usage, "--partition", "\(topic.name) has no partition \(asked)",
                wayOut: "It has \(count), from 0 to \(count - 1)")
        }
        return [TopicPartition(topic, Partition(Int32(asked)))]
    }

    private static func offset(
        _ start: Start, _ partition: TopicPartition, low: Offset, end: Offset,
        reader: any LogReader
    ) throws(LogError) -> Offset {
        switch start {
        case .beginning: return low
        case .end: return end
        case .offset(let value): return min(max(low, Offset(value)), end)
        case .time(let instant): return try reader.offset(of: partition, at: instant) ?? end
        }
    }
}
