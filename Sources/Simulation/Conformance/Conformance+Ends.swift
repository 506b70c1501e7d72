// Ends: what "everything up to here has been delivered" means (design rule 2).

import EventLog
import EventModel

extension Conformance {
    @Sendable static func emptyEndIsReached(_ log: any LogFixture) throws {
        let owner = try log.owner()
        let inputs = (0..<ConformanceCheck.partitions).flatMap { number in
            Topic.inputs.map { TopicPartition($0, Partition(number)) }
        }
        try log.wait([owner], for: "the ends of all empty inputs are told") {
            inputs.allSatisfy { endsTold(of: $0, in: owner.events).isEmpty == false }
        }
        for input in inputs {
            try requireEqual(
                endsTold(of: input, in: owner.events), [Offset(0)], "ends of the empty \(input)")
            try requireEqual(try owner.stream.stableEnd(of: input), Offset(0), "its stable end")
        }
        owner.stream.close()
    }

    @Sendable static func endIsToldOncePerReach(_ log: any LogFixture) throws {
        let owner = try log.owner()
        var wanted = [Offset(0)]
        try log.wait([owner], for: "the end of the empty input is told") {
            endsTold(of: input, in: owner.events) == wanted
        }
        for round in 1...3 {
            try log.write(round * 10..<round * 10 + 10, to: input)
            wanted.append(Offset(Int64(round * 10)))
            try log.wait([owner], for: "the end is told again after new records") {
                endsTold(of: input, in: owner.events).last == wanted.last
            }
            try requireEqual(
                owner.seen(input).count, round * 10, "records seen when their end is told")
        }
        try log.settle([owner])
        try requireEqual(endsTold(of: input, in: owner.events), wanted, "all ends told")
        owner.stream.close()
    }

    @Sendable static func endCountsMarkers(_ log: any LogFixture) throws {
        let owner = try log.owner()
        let signals = TopicPartition(.signals, Partition(0))
        for round in 0..<3 {
            _ = try owner.stream.commit(
                buffer(round * 2..<round * 2 + 2, to: signals),
                offsets: offsets(Partition(0), 0), token: owner.stream.groupToken())
        }
        let reader = try log.makeReader()
        let end = try reader.end(of: signals, isolation: .uncommitted)
        // The last commit may have returned before its markers are written.
        try log.wait([owner], for: "the stable end reaches the high watermark") {
            try owner.stream.stableEnd(of: signals) == end
        }
        try log.wait([owner], for: "the end asked for is told") {
            (endsTold(of: signals, in: owner.events).last ?? Offset(0)) >= end
        }
        try requireEqual(numbers(owner.seen(signals)), Array(0..<6), "signals delivered")
        guard let last = owner.seen(signals).last else { return }
        try require(end >= last.offset.next, "the end \(end) lies after the last record")
        try requireEqual(
            try reader.end(of: signals, isolation: .committed), end, "the end a reader sees")
        try requireEqual(
            try reader.end(of: signals, isolation: .uncommitted), end,
            "the high watermark while no transaction is open")
        // A reader that starts at the very end, behind all markers, is told so.
        let driver = ReaderDriver(reader)
        try reader.assign([(signals, end)])
        try log.wait([driver], for: "the end is told to a reader that starts there") {
            driver.ends(of: signals).last == end
        }
        try requireEqual(driver.records.count, 0, "records behind the end")
        reader.close()
        owner.stream.close()
    }
}
