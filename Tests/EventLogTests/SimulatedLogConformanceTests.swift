// The conformance suite over the simulated log, membership and fencing included.

import EventLog
import EventModel
import Simulation
import Testing

/// A simulated log with the topics of the contract, on the real clock (the suite waits by it).
final class SimulatedFixture: LogFixture {
    let log = SimulatedLog(clock: wallClock)
    let patienceMilliseconds: Int64 = 5_000
    let quietMilliseconds: Int64 = 2

    init(absent: [Topic] = []) throws {
        let admin = SimulatedLogAdmin(log)
        for topic in Topic.allCases where !absent.contains(topic) {
            try admin.create(
                topic,
                as: TopicDescription(
                    partitions: ConformanceCheck.partitions, replication: 1, settings: [:]))
        }
    }

    func makeStream(named name: String) throws -> any StreamLog {
        try SimulatedStreamLog(log, name: name)
    }
    func makeReader() throws -> any LogReader { SimulatedLogReader(log) }
    func makeWriter() throws -> any LogWriter { SimulatedLogWriter(log) }
    func makeAdmin() throws -> any LogAdmin { SimulatedLogAdmin(log) }
    func loseSession(of stream: any StreamLog) throws {
        (stream as? SimulatedStreamLog)?.expireSession()
    }
}

@Suite struct SimulatedLogConformanceTests {
    @Test(arguments: ConformanceCheck.all + ConformanceCheck.membership)
    func `the simulated log keeps the promise`(check: ConformanceCheck) throws {
        try check.run(SimulatedFixture(absent: check.absentTopics))
    }
}
