// One deployment of its own on the run's broker: topics with a prefix of their own, a group of its
// own.

import EventLog
import EventModel
import KafkaLog
import KafkaTesting
import Simulation
import Synchronization

/// What the conformance suite needs of Kafka.
final class KafkaFixture: LogFixture {
    private static let made = Atomic<Int>(0)

    let patienceMilliseconds: Int64 = 40_000
    let quietMilliseconds: Int64 = 300
    let configuration: KafkaConfiguration

    init(absent: [Topic] = [], on cluster: KafkaCluster) throws {
        let number = Self.made.add(1, ordering: .relaxed).newValue
        var configuration = KafkaConfiguration(
            bootstrap: cluster.bootstrap, deployment: "d\(number)", topicPrefix: "t\(number).",
            // Not being polled for 3 s is enough to be taken for dead.
            properties: ["max.poll.interval.ms": "3000"])
        configuration.sessionMilliseconds = 3_000
        configuration.connectMillisecondsMax = 6_000
        self.configuration = configuration
        let admin = try KafkaAdmin(configuration)
        defer { admin.close() }
        let wanted = TopicDescription(
            partitions: ConformanceCheck.partitions, replication: 1,
            settings: ["message.timestamp.type": "LogAppendTime"])
        try admin.create(
            Topic.allCases.filter { !absent.contains($0) }.map { ($0, wanted) })
    }

    func makeStream(named name: String) throws -> any StreamLog { stream(name) }

    func stream(_ name: String, isStatic: Bool = false) -> KafkaStreamLog {
        var configuration = configuration
        configuration.instance = name
        configuration.isStatic = isStatic
        return KafkaStreamLog(configuration, clock: wallClock)
    }

    func makeReader() throws -> any LogReader { try KafkaReader(configuration) }
    func makeWriter() throws -> any LogWriter { try KafkaWriter(configuration) }
    func makeAdmin() throws -> any LogAdmin { try KafkaAdmin(configuration) }
    func loseSession(of stream: any StreamLog) throws {}
}
