// One transaction: all of it or nothing, records and offsets alike.

import EventLog
import EventModel

extension Conformance {
    static let input = TopicPartition(.mesExecution, Partition(0))

    /// A buffer of numbered records for one partition.
    static func buffer(_ numbers: Range<Int>, to partition: TopicPartition) -> TransactionBuffer {
        var buffer = TransactionBuffer()
        for number in numbers {
            buffer.append(
                partition.topic, partition.partition, key: Array("k".utf8),
                value: Array(String(number).utf8))
        }
        return buffer
    }

    /// The offsets of every input of a task, as a worker sends them.
    static func offsets(_ partition: Partition, _ offset: Int64) -> [(TopicPartition, Offset)] {
        Topic.inputs.map {
            (TopicPartition($0, partition), Offset($0 == .mesExecution ? offset : 0))
        }
    }

    @Sendable static func committedRecordsComeBack(_ log: any LogFixture) throws {
        let owner = try log.owner()
        var buffer = TransactionBuffer()
        var headed = awkward
        headed.append((nil, [1], [.init(name: "a null header", value: nil)]))
        for record in headed {
            for topic in [Topic.holds, .state] {
                buffer.append(
                    topic, Partition(1), key: record.key, value: record.value,
                    headers: record.headers)
            }
        }
        _ = try owner.stream.commit(
            buffer, offsets: offsets(Partition(0), 0), token: owner.stream.groupToken())
        for topic in [Topic.holds, .state] {
            let found = try log.readAll(TopicPartition(topic, Partition(1)))
            try requireSame(found, headed)
            try requireEqual(
                found.map(\.offset), (0..<Int64(headed.count)).map { Offset($0) },
                "offsets of \(topic.name)")
        }
        owner.stream.close()
    }

    @Sendable static func failedCommitLeavesNothing(_ log: any LogFixture) throws {
        let owner = try log.owner()
        let target = TopicPartition(.holds, Partition(0))
        var broken = buffer(0..<10, to: target)
        // The last record cannot be written, so none may be seen.
        broken.append(.deadLetters, Partition(1_000), key: nil, value: [1])
        try requireCommitFails(
            owner.stream, broken, offsets(Partition(0), 7),
            "a record for a partition that does not exist")
        try owner.stream.reopenProducers()
        _ = try owner.stream.commit(
            buffer(10..<12, to: target), offsets: offsets(Partition(0), 0),
            token: owner.stream.groupToken())
        try requireEqual(
            numbers(try log.readAll(target)), [10, 11], "what is seen after a failed commit")
        owner.stream.close()
    }

    static func requireCommitFails(
        _ stream: any StreamLog, _ buffer: borrowing TransactionBuffer,
        _ offsets: [(TopicPartition, Offset)], token: GroupToken? = nil, _ what: String
    ) throws {
        let token = try token ?? stream.groupToken()
        do { _ = try stream.commit(buffer, offsets: offsets, token: token) } catch {
            try require(
                !error.message.isEmpty && !error.hint.isEmpty,
                "\(what): the error says nothing to a person: \(error)")
            return
        }
        throw ConformanceFailure("\(what): the commit was accepted")
    }

    @Sendable static func offsetsOutliveTheStream(_ log: any LogFixture) throws {
        let target = TopicPartition(.state, Partition(0))
        try log.write(0..<9, to: input)
        let first = try log.owner()
        let none = try first.stream.groupOffsets(of: Partition(0))
        try requireEqual(none, [:], "offsets before any commit")
        for end in [4, 9] {
            _ = try first.stream.commit(
                buffer(end..<end + 1, to: target), offsets: offsets(Partition(0), Int64(end)),
                token: first.stream.groupToken())
        }
        first.stream.close()
        let second = try log.owner()
        let found = try patiently { () throws(LogError) in
            try second.stream.groupOffsets(of: Partition(0))
        }
        try requireEqual(
            found, [.mesExecution: Offset(9), .qmsQuality: Offset(0), .signals: Offset(0)],
            "the group's offsets after a restart")
        try requireEqual(
            try second.stream.groupOffsets(of: Partition(1)), [:], "offsets of another task")
        try requireEqual(
            numbers(try log.readAll(target)), [4, 9], "records of the transactions with them")
        second.stream.close()
    }

    @Sendable static func failedCommitMovesNoOffset(_ log: any LogFixture) throws {
        let owner = try log.owner()
        let target = TopicPartition(.state, Partition(0))
        _ = try owner.stream.commit(
            buffer(0..<1, to: target), offsets: offsets(Partition(0), 0),
            token: owner.stream.groupToken())
        var broken = buffer(1..<2, to: target)
        broken.append(.deadLetters, Partition(1_000), key: nil, value: [1])
        try requireCommitFails(
            owner.stream, broken, offsets(Partition(0), 5),
            "a record for a partition that does not exist")
        try owner.stream.reopenProducers()
        let found = try patiently { () throws(LogError) in
            try owner.stream.groupOffsets(of: Partition(0))
        }
        try requireEqual(found[.mesExecution], Offset(0), "the offset after a failed commit")
        owner.stream.close()
    }

    @Sendable static func largeTransaction(_ log: any LogFixture) throws {
        let owner = try log.owner()
        var buffer = TransactionBuffer()
        for number in 0..<12_000 {
            buffer.append(
                number % 3 == 0 ? .alerts : .state, Partition(Int32(number % 2)),
                key: Array("k".utf8), value: Array(String(number).utf8))
        }
        _ = try owner.stream.commit(
            buffer, offsets: offsets(Partition(0), 0), token: owner.stream.groupToken())
        for (topic, thirds) in [(Topic.alerts, [0]), (.state, [1, 2])] {
            for half in 0..<2 {
                let found = numbers(
                    try log.readAll(TopicPartition(topic, Partition(Int32(half)))))
                let wanted = (0..<12_000).filter { thirds.contains($0 % 3) && $0 % 2 == half }
                try require(
                    found == wanted, "\(topic.name)/\(half) of a large transaction differs")
            }
        }
        owner.stream.close()
    }

    @Sendable static func receiptTellsOffsetsAndClock(_ log: any LogFixture) throws {
        let owner = try log.owner()
        for round in 0..<2 {
            var buffer = buffer(0..<3, to: TopicPartition(.state, Partition(1)))
            buffer.append(.state, Partition(2), key: [1], value: nil)
            buffer.append(.audit, Partition(1), key: [1], value: [2])
            buffer.append(.holds, Partition(3), key: [1], value: [2])
            let receipt = try owner.stream.commit(
                buffer, offsets: offsets(Partition(1), 0), token: owner.stream.groupToken())
            for (number, last) in receipt.lastStateOffsets {
                let found = try log.readAll(TopicPartition(.state, number))
                try requireEqual(last, found.last?.offset, "last state offset, round \(round)")
            }
            try requireEqual(
                receipt.lastStateOffsets.keys.sorted(), [Partition(1), Partition(2)],
                "state partitions of the receipt")
            try requireEqual(
                receipt.clockReports.map(\.partition), [Partition(1)], "clock reports")
            guard let report = receipt.clockReports.first else { return }
            let audit = try log.readAll(TopicPartition(.audit, Partition(1)))
            try requireEqual(report.appendTime, audit.last?.appendTime, "reported append time")
            try require(
                report.sentAt <= report.reportedAt, "a report arrives after it was sent for")
        }
        owner.stream.close()
    }
}
