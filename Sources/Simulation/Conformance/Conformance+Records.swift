// What goes in comes out: the bytes, their order and who may look at them.

import EventLog
import EventModel

/// The checks of the suite, each a function named by what it proves (`ConformanceCheck` is the
/// table).
enum Conformance {}

extension Conformance {
    /// Keys, values and headers that implementations like to confuse: null, empty, binary.
    static let awkward: [(key: [UInt8]?, value: [UInt8]?, headers: [PlainRecord.Header])] = [
        (Array("k".utf8), Array("v".utf8), []),
        (nil, Array("a null key".utf8), []),
        ([], Array("an empty key".utf8), []),
        (Array("a null value".utf8), nil, []),
        (Array("an empty value".utf8), [], []),
        (nil, nil, []),
        (Array(0...255), Array((0...255).reversed()), []),
        (
            Array("headers".utf8), Array("v".utf8),
            [
                .init(name: "content-type", value: Array("application/json".utf8)),
                .init(name: "empty", value: []), .init(name: "binary", value: [0, 255, 10]),
                .init(name: "twice", value: [1]), .init(name: "twice", value: [2]),
            ]
        ),
    ]

    static func write(
        _ records: [(key: [UInt8]?, value: [UInt8]?, headers: [PlainRecord.Header])],
        to partition: TopicPartition, by writer: any LogWriter
    ) throws {
        for record in records {
            try withView(record.key) { (key) throws(LogError) in
                try withView(record.value) { (value) throws(LogError) in
                    try writer.write(
                        topic: partition.topic, partition: partition.partition, key: key,
                        value: value,
                        headers: record.headers.map { ($0.name, $0.value ?? []) })
                }
            }
        }
        try writer.flush()
    }

    @Sendable static func recordsComeBack(_ log: any LogFixture) throws {
        let partition = TopicPartition(.mesExecution, Partition(1))
        let writer = try log.makeWriter()
        try write(awkward, to: partition, by: writer)
        writer.close()
        let found = try log.readAll(partition)
        try requireSame(found, awkward)
        for (index, record) in found.enumerated() {
            try requireEqual(
                record.offset, Offset(Int64(index)), "records outside of transactions are dense")
        }
    }

    static func requireSame(
        _ found: [PlainRecord],
        _ wanted: [(key: [UInt8]?, value: [UInt8]?, headers: [PlainRecord.Header])]
    ) throws {
        try requireEqual(found.count, wanted.count, "records read")
        for (record, wanted) in zip(found, wanted) {
            try requireEqual(record.key, wanted.key, "key at \(record.offset)")
            try requireEqual(record.value, wanted.value, "value at \(record.offset)")
            try requireEqual(record.headers, wanted.headers, "headers at \(record.offset)")
        }
    }

    @Sendable static func largeValuesComeBack(_ log: any LogFixture) throws {
        let partition = TopicPartition(.qmsQuality, Partition(0))
        // Just under 1 MiB: a broker's max.message.bytes counts key and frame too.
        let size = 1_048_576 - 1_024
        let large = (0..<3).map { seed in
            (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ seed) }
        }
        let writer = try log.makeWriter()
        try write(large.map { (Array("k".utf8), $0, []) }, to: partition, by: writer)
        writer.close()
        let found = try log.readAll(partition)
        try requireEqual(found.count, large.count, "large records read")
        for (record, wanted) in zip(found, large) {
            try require(record.value == wanted, "the large value at \(record.offset) differs")
        }
    }

    @Sendable static func writerPartitions(_ log: any LogFixture) throws {
        let keys = (0..<40).map { "lot-\($0)" }
        let writer = try log.makeWriter()
        for key in keys {
            try withView(Array(key.utf8)) { (key) throws(LogError) in
                try writer.write(
                    topic: .mesExecution, partition: nil, key: key, value: nil, headers: [])
            }
        }
        try writer.write(topic: .mesExecution, partition: nil, key: nil, value: nil, headers: [])
        try writer.flush()
        writer.close()
        for number in 0..<ConformanceCheck.partitions {
            let partition = Partition(number)
            let found = try log.readAll(TopicPartition(.mesExecution, partition))
            var wanted = keys.filter {
                Partition.of(key: $0, count: ConformanceCheck.partitions) == partition
            }
            if number == 0 { wanted.append("null") }
            try requireEqual(
                found.map { $0.key.map { String(decoding: $0, as: UTF8.self) } ?? "null" }, wanted,
                "keys in partition \(number)")
        }
    }

    @Sendable static func twoReadersSeeTheSame(_ log: any LogFixture) throws {
        let partition = TopicPartition(.audit, Partition(2))
        try log.write(0..<50, to: partition)
        let first = ReaderDriver(try log.makeReader())
        let second = ReaderDriver(try log.makeReader())
        try first.reader.assign([(partition, Offset(0))])
        try second.reader.assign([(partition, Offset(10))])
        try log.wait([first, second], for: "both readers reach the end") {
            first.hasReached([partition]) && second.hasReached([partition])
        }
        try requireEqual(numbers(first.records), Array(0..<50), "what the first reader saw")
        try requireEqual(numbers(second.records), Array(10..<50), "what the second reader saw")
        // `assign` replaces what is read.
        let other = TopicPartition(.audit, Partition(3))
        try log.write(0..<5, to: other)
        try first.reader.assign([(other, Offset(1))])
        try log.wait([first], for: "the reader reads what it was assigned anew") {
            first.hasReached([other])
        }
        try requireEqual(
            numbers(first.records.filter { $0.topicPartition == other }), Array(1..<5),
            "what the reader saw after assign")
        first.reader.close()
        second.reader.close()
    }

    @Sendable static func readersAreApart(_ log: any LogFixture) throws {
        let partition = TopicPartition(.mesExecution, Partition(0))
        try log.write(0..<20, to: partition)
        let owner = try log.owner()
        let reader = ReaderDriver(try owner.stream.makeReader())
        try reader.reader.assign([(partition, Offset(5))])
        try log.wait([reader, owner], for: "stream and reader both read the partition") {
            reader.hasReached([partition]) && owner.seen(partition).count >= 20
        }
        try requireEqual(numbers(reader.records), Array(5..<20), "what the stream's reader saw")
        try requireEqual(numbers(owner.seen(partition)), Array(0..<20), "what the stream saw")
        try requireEqual(
            owner.stream.groupOffsets(of: Partition(0)), [:], "offsets nobody committed")
        reader.reader.close()
        owner.stream.close()
    }
}
