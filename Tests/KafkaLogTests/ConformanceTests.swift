// The promises of the log protocols, on a real broker.

import KafkaTesting
import Simulation
import Testing

/// Everything that needs a broker: one at a time, because two cores carry broker and tests.
@Suite(.serialized) struct RealKafka {
    @Test(.enabled(if: KafkaLauncher.isRequired))
    func `where Kafka is required it is at hand`() {
        #expect(KafkaLauncher.isAvailable)
    }

    @Suite(.serialized, .enabled(if: KafkaLauncher.isAvailable)) struct Conformance {
        @Test(arguments: ConformanceCheck.all)
        func `Kafka keeps the promises of every log`(check: ConformanceCheck) throws {
            try check.run(
                KafkaFixture(absent: check.absentTopics, on: KafkaCluster.shared.get()))
        }

        @Test(arguments: ConformanceCheck.membership)
        func `Kafka keeps the promises of a group`(check: ConformanceCheck) throws {
            try check.run(
                KafkaFixture(absent: check.absentTopics, on: KafkaCluster.shared.get()))
        }
    }
}
