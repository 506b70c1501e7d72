// What only the simulated log can show: open transactions, unknown outcomes, fencing by name.

import EventLog
import EventModel
import Simulation
import Testing

@Suite struct SimulatedLogTests {
    private let place = TopicPartition(.state, Partition(0))
    private let input = TopicPartition(.mesExecution, Partition(0))

    private func reaction(
        of stream: SimulatedStreamLog, offsets: [(TopicPartition, Offset)] = []
    ) throws -> LogError.Reaction? {
        var buffer = TransactionBuffer()
        buffer.append(.state, Partition(0), key: [1], value: [2])
        do {
            _ = try stream.commit(buffer, offsets: offsets, token: stream.groupToken())
        } catch { return error.reaction }
        return nil
    }

    @Test func `an open transaction holds back the stable end until its name is taken over`()
        throws
    {
        let log = try SimulatedFixture().log
        let first = try SimulatedStreamLog(log, name: "a")
        try first.open()
        first.failNextCommit(.leftOpen)
        #expect(try reaction(of: first, offsets: [(input, Offset(3))]) == .outcomeUnknown)
        let reader = SimulatedLogReader(log)
        #expect(try reader.end(of: place, isolation: .committed) == Offset(0))
        #expect(try reader.end(of: place, isolation: .uncommitted) == Offset(1))
        #expect(throws: LogError.self) { try first.groupOffsets(of: Partition(0)) }
        let second = try SimulatedStreamLog(log, name: "a")
        try second.open()
        // The record and the abort marker.
        #expect(try reader.end(of: place, isolation: .committed) == Offset(2))
        #expect(try second.groupOffsets(of: Partition(0)) == [:])
        #expect(try reaction(of: first) == .surrenderPartitions)
        #expect(try reaction(of: second) == nil)
    }

    @Test(arguments: [true, false])
    func `an unknown outcome is one or the other`(applied: Bool) throws {
        let log = try SimulatedFixture().log
        let stream = try SimulatedStreamLog(log, name: "a")
        try stream.open()
        stream.failNextCommit(.outcomeUnknown(applied: applied))
        #expect(try reaction(of: stream, offsets: [(input, Offset(3))]) == .outcomeUnknown)
        #expect(
            try stream.groupOffsets(of: Partition(0))
                == (applied ? [.mesExecution: Offset(3)] : [:]))
    }

    @Test func `only offsets are fenced, as in Kafka`() throws {
        let log = try SimulatedFixture().log
        let zombie = try SimulatedStreamLog(log, name: "a")
        try zombie.open()
        zombie.expireSession()
        #expect(try reaction(of: zombie) == nil)
        #expect(try reaction(of: zombie, offsets: [(input, Offset(1))]) == .decideAnew)
    }
}
