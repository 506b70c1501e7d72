// `holdfast copy DIR`: a log, taken home. Every committed record goes into a new local log at its
// own offset and with its own append time, so that `verify`, `explain`, `holds` and `tail` answer
// there as they do here, with no broker in reach.

import Configuration
import EventLog
import EventModel

/// Copies all topics into a new local log.
package enum CopyCommand {
    package static func run(_ call: Invocation) throws(CommandError) {
        let directory = call.arguments[0]
        let reader = try reaching { () throws(LogError) in try call.logs.reader(call.settings) }
        defer { reader.close() }
        LogFactory.makeParents(of: directory)
        let importer = try reaching { () throws(LogError) in
            try LocalLogImporter(directory: directory)
        }
        var positions: [(TopicPartition, Offset)] = []
        var ends: [TopicPartition: Offset] = [:]
        for topic in Topic.allCases {
            try reaching { () throws(LogError) in
                let count = try reader.partitionCount(of: topic)
                try importer.create(
                    topic,
                    as: TopicDescription(partitions: count, replication: 1, settings: [:]))
                for number in 0..<count {
                    let place = TopicPartition(topic, Partition(number))
                    let low = try reader.lowWatermark(of: place)
                    ends[place] = try reader.end(of: place, isolation: .committed)
                    if low < ends[place]! { positions.append((place, low)) }
                }
            }
        }
        let filled = ends.filter { end in positions.contains { $0.0 == end.key } }
        var count = 0
        try LogScan.read(from: positions, to: filled, reader: reader, call: call) {
            record throws(CommandError) in
            try reaching { () throws(LogError) in try importer.add(record) }
            count += 1
            if count & 4095 == 0 { call.terminal.progress("\(count) records") }
            return true
        }
        call.terminal.clearProgress()
        guard !call.shouldEnd else {
            throw CommandError(
                .temporary, "copy", "it was stopped before the end",
                wayOut: "Remove \(Terminal.visible(directory)): it has no ends yet")
        }
        try reaching { () throws(LogError) in
            for (place, end) in ends { try importer.finish(place, at: end) }
        }
        report(count, partitions: ends.count, directory, call)
    }

    private static func report(
        _ count: Int, partitions: Int, _ directory: String, _ call: Invocation
    ) {
        if call.settings.isJSON {
            var json = JSONWriter()
            json.beginObject()
            json.member("partitions", Int64(partitions))
            json.member("records", Int64(count))
            json.endObject()
            call.terminal.line(bytes: json.bytes)
        } else {
            call.terminal.line(
                "Copied \(count) records of \(partitions) partitions to "
                    + "local:\(Terminal.visible(directory)).")
        }
    }
}
