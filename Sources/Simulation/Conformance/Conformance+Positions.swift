// Where delivery begins, goes back to, rests, and what frames a partition.

import EventLog
import EventModel
import Glibc

extension Conformance {
    @Sendable static func startsInTheMiddle(_ log: any LogFixture) throws {
        let quality = TopicPartition(.qmsQuality, Partition(0))
        try log.write(0..<20, to: input)
        try log.write(0..<20, to: quality)
        let driver = try log.soleStream()
        driver.startPositions = { partition in
            partition == Partition(0)
                ? [.mesExecution: Offset(12), .qmsQuality: Offset(20), .signals: Offset(0)]
                : [.mesExecution: Offset(0), .qmsQuality: Offset(0), .signals: Offset(0)]
        }
        try log.wait([driver], for: "both inputs are read to their ends") {
            endsTold(of: input, in: driver.events).last == Offset(20)
                && endsTold(of: quality, in: driver.events).last == Offset(20)
        }
        try requireEqual(numbers(driver.seen(input)), Array(12..<20), "from the middle")
        try requireEqual(driver.seen(quality).count, 0, "records before the start")
        driver.stream.close()
    }

    @Sendable static func rewindRedelivers(_ log: any LogFixture) throws {
        let quality = TopicPartition(.qmsQuality, Partition(0))
        try log.write(0..<100, to: input)
        try log.write(0..<10, to: quality)
        let owner = try log.owner()
        try log.wait([owner], for: "the first records arrive") { owner.seen(input).count >= 10 }
        for position in [5, 0, 100] {
            try owner.stream.rewind(
                Partition(0),
                to: [
                    .mesExecution: Offset(Int64(position)), .qmsQuality: Offset(7),
                    .signals: Offset(0),
                ])
            owner.forget()
            try log.wait([owner], for: "the ends are reached after a rewind to \(position)") {
                endsTold(of: input, in: owner.events).last == Offset(100)
                    && endsTold(of: quality, in: owner.events).last == Offset(10)
            }
            try requireEqual(
                numbers(owner.seen(input)), Array(position..<100), "after a rewind to \(position)")
            try requireEqual(numbers(owner.seen(quality)), [7, 8, 9], "the companion after it")
        }
        owner.stream.close()
    }

    @Sendable static func pauseKeepsEverything(_ log: any LogFixture) throws {
        let quality = TopicPartition(.qmsQuality, Partition(0))
        let owner = try log.owner()
        try log.wait([owner], for: "the empty end is told") {
            !endsTold(of: input, in: owner.events).isEmpty
        }
        try owner.stream.resume(input)
        for round in 0..<3 {
            try owner.stream.pause(input)
            let before = owner.seen(input).count
            try log.write(round * 30..<round * 30 + 30, to: input)
            try log.write(round..<round + 1, to: quality)
            try log.wait([owner], for: "the other input goes on") {
                owner.seen(quality).count == round + 1
            }
            try log.settle([owner])
            try requireEqual(owner.seen(input).count, before, "records seen while paused")
            try owner.stream.resume(input)
            try owner.stream.resume(input)
            try log.wait([owner], for: "what was written while paused arrives") {
                owner.seen(input).count >= round * 30 + 30
            }
        }
        try log.settle([owner])
        try requireEqual(numbers(owner.seen(input)), Array(0..<90), "all that was written")
        owner.stream.close()
    }

    @Sendable static func pollIsFair(_ log: any LogFixture) throws {
        let busy = TopicPartition(.mesExecution, Partition(0))
        let quiet = TopicPartition(.qmsQuality, Partition(3))
        try log.write(0..<5_000, to: busy)
        try log.write(0..<1, to: quiet)
        let owner = try log.owner()
        try log.wait([owner], for: "both inputs are read") {
            owner.seen(busy).count == 5_000 && owner.seen(quiet).count == 1
        }
        try requireEqual(numbers(owner.seen(busy)), Array(0..<5_000), "the busy partition")
        owner.stream.close()
    }

    @Sendable static func offsetAtInstant(_ log: any LogFixture) throws {
        let partition = TopicPartition(.mesExecution, Partition(2))
        for round in 0..<4 {
            try log.write(round * 3..<round * 3 + 3, to: partition)
            usleep(5_000)
        }
        let records = try log.readAll(partition)
        try requireEqual(records.count, 12, "records written")
        for (earlier, later) in zip(records, records.dropFirst()) {
            try require(
                earlier.appendTime <= later.appendTime, "append times rise: \(later.offset)")
        }
        let reader = try log.makeReader()
        defer { reader.close() }
        for record in records {
            let wanted = records.first { $0.appendTime >= record.appendTime }?.offset
            try requireEqual(
                try reader.offset(of: partition, at: record.appendTime), wanted,
                "the first offset at \(record.appendTime.text)")
        }
        try requireEqual(
            try reader.offset(of: partition, at: Instant(milliseconds: 0)), Offset(0),
            "the first offset at the beginning of time")
        let last = records[records.count - 1].appendTime
        try requireEqual(
            try reader.offset(of: partition, at: last.advanced(seconds: 60)), nil,
            "an offset after the last record")
    }

    @Sendable static func watermarks(_ log: any LogFixture) throws {
        let partition = TopicPartition(.deadLetters, Partition(1))
        let reader = try log.makeReader()
        defer { reader.close() }
        for count in [0, 5, 10] {
            if count > 0 { try log.write(count - 5..<count, to: partition) }
            try requireEqual(
                try reader.lowWatermark(of: partition), Offset(0), "the low watermark")
            for isolation in [Isolation.committed, .uncommitted] {
                try requireEqual(
                    try reader.end(of: partition, isolation: isolation), Offset(Int64(count)),
                    "the end after \(count) records, \(isolation)")
            }
        }
        try requireEqual(
            try reader.partitionCount(of: .deadLetters), ConformanceCheck.partitions,
            "partitions of a topic")
    }
}
