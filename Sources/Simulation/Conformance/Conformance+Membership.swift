// A group: who owns what, how it moves, and that whoever has been replaced writes nothing.

import EventLog
import EventModel

extension Conformance {
    static let all = Set((0..<ConformanceCheck.partitions).map { Partition($0) })

    @Sendable static func oneMemberOwnsAll(_ log: any LogFixture) throws {
        let owner = try log.owner()
        try requireEqual(owner.owned, all, "partitions of the only member")
        owner.stream.close()
    }

    /// Two members; the second has joined and the partitions are divided.
    private static func divided(_ log: any LogFixture) throws -> (StreamDriver, StreamDriver) {
        let first = try log.owner(named: "a")
        let second = try log.soleStream(named: "b")
        try log.wait([first, second], for: "two members share the partitions evenly") {
            first.owned.count == 2 && second.owned.count == 2
        }
        try log.settle([first, second])
        return (first, second)
    }

    @Sendable static func revokedBeforeAssigned(_ log: any LogFixture) throws {
        let first = try log.owner(named: "a")
        let second = try log.soleStream(named: "b")
        try log.wait([first, second], for: "two members share the partitions evenly") {
            // At no time does anybody own what somebody else still owns.
            try require(
                first.owned.isDisjoint(with: second.owned),
                "owned twice: \(first.owned.intersection(second.owned))")
            return first.owned.count == 2 && second.owned.count == 2
        }
        try requireEqual(first.owned.union(second.owned), all, "all partitions have an owner")
        let kept = first.events.filter { if case .lost = $0 { true } else { false } }
        try requireEqual(kept, [], "partitions lost although the member is alive")
        // Only what moves is revoked (cooperative): the first member keeps two without
        // interruption.
        var revoked: Set<Partition> = []
        for event in first.events {
            if case .revoked(let partitions) = event { revoked.formUnion(partitions) }
        }
        try requireEqual(revoked, second.owned, "partitions revoked")
        // Delivery follows ownership.
        for number in 0..<ConformanceCheck.partitions {
            try log.write(0..<5, to: TopicPartition(.mesExecution, Partition(number)))
        }
        try log.wait([first, second], for: "both members read what is theirs") {
            first.records.count + second.records.count >= 20
        }
        try requireEqual(Set(first.records.map(\.partition)), first.owned, "read by the first")
        try requireEqual(Set(second.records.map(\.partition)), second.owned, "read by the second")
        first.stream.close()
        second.stream.close()
    }

    @Sendable static func leavingMovesPartitions(_ log: any LogFixture) throws {
        let (first, second) = try divided(log)
        let mine = try require(first.owned.min())
        try log.write(0..<10, to: TopicPartition(.mesExecution, mine))
        _ = try first.stream.commit(
            buffer(0..<1, to: TopicPartition(.state, mine)), offsets: offsets(mine, 6),
            token: first.stream.groupToken())
        first.stream.close()
        try log.wait([second], for: "the one that stays owns everything") { second.owned == all }
        let partition = TopicPartition(.mesExecution, mine)
        try log.wait([second], for: "delivery goes on") { second.seen(partition).count >= 4 }
        try requireEqual(
            numbers(second.seen(partition)), Array(6..<10), "from the offsets that were committed")
        second.stream.close()
    }

    @Sendable static func staleTokenIsRefused(_ log: any LogFixture) throws {
        let first = try log.owner(named: "a")
        let stale = try first.stream.groupToken()
        let second = try log.soleStream(named: "b")
        try log.wait([first, second], for: "two members share the partitions evenly") {
            first.owned.count == 2 && second.owned.count == 2
        }
        try log.settle([first, second])
        let target = TopicPartition(.state, try require(first.owned.min()))
        do {
            _ = try first.stream.commit(
                buffer(0..<1, to: target), offsets: offsets(target.partition, 0), token: stale)
            throw ConformanceFailure("a token from before a rebalance was accepted")
        } catch let error as LogError {
            try requireEqual(error.reaction, .decideAnew, "what to do about a stale token")
        }
        // With a token of now, the same batch goes through: the stream is none the worse.
        _ = try first.stream.commit(
            buffer(1..<2, to: target), offsets: offsets(target.partition, 0),
            token: first.stream.groupToken())
        try requireEqual(numbers(try log.readAll(target)), [1], "records written")
        first.stream.close()
        second.stream.close()
    }

    /// A stream that lost its session without noticing, the token and task it still believes in,
    /// and
    /// the one that replaced it.
    private static func zombie(_ log: any LogFixture) throws -> (
        dead: StreamDriver, alive: StreamDriver, token: GroupToken, task: Partition
    ) {
        let (dead, alive) = try divided(log)
        let token = try dead.stream.groupToken()
        let task = try require(dead.owned.min())
        try log.loseSession(of: dead.stream)
        try log.wait([alive], for: "the partitions of the dead move on") { alive.owned == all }
        return (dead, alive, token, task)
    }

    @Sendable static func zombieWritesNothing(_ log: any LogFixture) throws {
        let (dead, alive, token, task) = try zombie(log)
        let target = TopicPartition(.state, task)
        try requireCommitFails(
            dead.stream, buffer(0..<3, to: target), offsets(task, 0), token: token, "a zombie")
        _ = try alive.stream.commit(
            buffer(3..<4, to: target), offsets: offsets(task, 0),
            token: alive.stream.groupToken())
        try requireEqual(numbers(try log.readAll(target)), [3], "records written")
        // Once it is polled again it learns that it lost everything, and joins anew.
        try log.wait([dead, alive], for: "the zombie learns of its loss and rejoins") {
            let learnt = dead.events.contains { if case .lost = $0 { true } else { false } }
            return learnt && dead.owned.count == 2 && alive.owned.count == 2
        }
        dead.stream.close()
        alive.stream.close()
    }

    @Sendable static func zombieOffsetsAreFenced(_ log: any LogFixture) throws {
        let (dead, alive, token, task) = try zombie(log)
        try requireCommitFails(
            dead.stream, TransactionBuffer(), offsets(task, 9), token: token,
            "a zombie with nothing but offsets")
        let found = try patiently { () throws(LogError) in
            try alive.stream.groupOffsets(of: task)
        }
        try requireEqual(found, [:], "the group's offsets after a zombie's commit")
        dead.stream.close()
        alive.stream.close()
    }

    private static func require<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw ConformanceFailure("a member owns nothing") }
        return value
    }

    private static func require(_ condition: Bool, _ sentence: String) throws {
        if !condition { throw ConformanceFailure(sentence) }
    }
}
