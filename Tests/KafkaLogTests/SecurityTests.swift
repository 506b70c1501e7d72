// A secured broker: who gets in, who does not, and what is said about it.

import EventLog
import EventModel
import KafkaLog
import KafkaTesting
import Simulation
import Testing

extension RealKafka {
    @Suite(.serialized, .enabled(if: KafkaLauncher.isAvailable)) struct Security {
        private static func mutualTLS(_ name: String, _ cluster: KafkaCluster) -> [String: String] {
            [
                "security.protocol": "ssl", "ssl.ca.location": cluster.tls("ca.pem"),
                "ssl.certificate.location": cluster.tls("\(name).pem"),
                "ssl.key.location": cluster.tls("\(name).key"),
            ]
        }

        private static func sasl(
            _ mechanism: String, _ user: String, _ password: String, _ cluster: KafkaCluster
        ) -> [String: String] {
            [
                "security.protocol": "sasl_ssl", "ssl.ca.location": cluster.tls("ca.pem"),
                "sasl.mechanism": mechanism, "sasl.username": user, "sasl.password": password,
            ]
        }

        private func configuration(
            _ bootstrap: String, _ properties: [String: String]
        ) -> KafkaConfiguration {
            var made = KafkaConfiguration(
                bootstrap: bootstrap, deployment: "secured", instance: "i",
                topicPrefix: "secured.", properties: properties)
            made.connectMillisecondsMax = 8_000
            return made
        }

        /// The topics, made through the plaintext listener, whose user may do everything.
        private func makeTopics(_ cluster: KafkaCluster) throws {
            let admin = try KafkaAdmin(configuration(cluster.bootstrap, [:]))
            defer { admin.close() }
            if try !admin.describe([.holds]).isEmpty { return }
            try admin.create(
                Topic.allCases.map {
                    ($0, TopicDescription(partitions: 1, replication: 1, settings: [:]))
                })
        }

        private func allow(_ user: String, _ cluster: KafkaCluster, _ arguments: [String]) {
            let result = cluster.tool(
                "acls", ["--add", "--allow-principal", "User:\(user)"] + arguments)
            #expect(result.status == 0, "\(result.output)")
        }

        /// Opens a stream, polls until it is given its partition, commits one record.
        private func useStream(_ configuration: KafkaConfiguration) -> LogError? {
            let stream = KafkaStreamLog(configuration, clock: wallClock)
            defer { stream.close() }
            do throws(LogError) {
                try stream.open()
                var records: ContiguousArray<LogRecord> = []
                var events: [LogEvent] = []
                let began = stopwatch()
                while !events.contains(.assigned([Partition(0)])) {
                    try stream.poll(
                        records: &records, events: &events, max: 10, timeoutMilliseconds: 100)
                    if stopwatch() - began > 30_000 { break }
                }
                var buffer = TransactionBuffer()
                buffer.append(topic: .holds, partition: Partition(0), key: nil, value: nil)
                _ = try stream.commit(
                    buffer,
                    offsets: Topic.inputs.map { (TopicPartition($0, Partition(0)), Offset(0)) },
                    token: stream.groupToken())
                return nil
            } catch { return error }
        }

        @Test func `each denied ACL is named until all that are needed are there`() throws {
            let cluster = try KafkaCluster.secured.get()
            try makeTopics(cluster)
            let mine = configuration(
                cluster.bootstrapMTLS, Self.mutualTLS("holdfast", cluster))

            let topic = try #require(useStream(mine))
            // Without DESCRIBE a broker does not even admit that a topic exists.
            #expect(topic.reaction == .stopProcess)
            #expect(topic.message.contains("topic"))

            let prefixed = ["--resource-pattern-type", "prefixed"]
            allow("holdfast", cluster, ["--operation", "All", "--topic", "secured."] + prefixed)
            let transaction = try #require(useStream(mine))
            #expect(transaction.code == "TRANSACTIONAL_ID_AUTHORIZATION_FAILED")
            #expect(transaction.message.contains("transactional id secured.i."))
            #expect(transaction.hint.contains("WRITE and DESCRIBE"))

            allow(
                "holdfast", cluster,
                ["--operation", "All", "--transactional-id", "secured."] + prefixed)
            let group = try #require(useStream(mine))
            #expect(group.code == "GROUP_AUTHORIZATION_FAILED")
            #expect(group.message.contains("group holdfast.secured"))
            #expect(group.reaction == .stopProcess)

            allow("holdfast", cluster, ["--operation", "All", "--group", "holdfast.secured"])
            #expect(useStream(mine) == nil)

            // The same user by PLAIN over TLS.
            let plain = configuration(
                cluster.bootstrapSASL, Self.sasl("PLAIN", "holdfast", "holdfast-secret", cluster))
            #expect(useStream(plain) == nil)
        }

        private func firstContact(_ configuration: KafkaConfiguration) throws -> LogError? {
            let reader = try KafkaReader(configuration)
            defer { reader.close() }
            do throws(LogError) {
                _ = try reader.partitionCount(of: .holds)
                return nil
            } catch { return error }
        }

        @Test func `a wrong password is told without the password`() throws {
            let cluster = try KafkaCluster.secured.get()
            let error = try #require(
                try firstContact(
                    configuration(
                        cluster.bootstrapSASL, Self.sasl("PLAIN", "holdfast", "hunter2", cluster))))
            #expect(error.reaction == .stopProcess)
            #expect(error.message.contains("does not let us in"))
            #expect(!error.description.contains("hunter2"))
        }

        @Test func `a certificate that we do not trust is told`() throws {
            let cluster = try KafkaCluster.secured.get()
            let error = try #require(
                try firstContact(
                    configuration(cluster.bootstrapMTLS, ["security.protocol": "ssl"])))
            #expect(error.reaction == .stopProcess)
            #expect(error.code == "_SSL")
            #expect(error.hint.contains("ssl.ca.location"))
        }

        @Test func `Kafka 4 refuses SCRAM of this librdkafka, in words of its own`() throws {
            let cluster = try KafkaCluster.secured.get()
            let error = try #require(
                try firstContact(
                    configuration(
                        cluster.bootstrapSASL,
                        Self.sasl("SCRAM-SHA-512", "holdfast", "holdfast-secret", cluster))))
            #expect(error.reaction == .stopProcess)
            #expect(error.message.contains("Kafka 4 refuses SCRAM"))
            #expect(error.hint.contains("librdkafka >= 2.6.1"))
        }

        @Test(.enabled(if: KafkaLauncher.find(.last3) != nil))
        func `Kafka 3 takes SCRAM`() throws {
            let cluster = try KafkaCluster(.last3, secure: true)
            defer { cluster.stop() }
            try makeTopics(cluster)
            let scram = configuration(
                cluster.bootstrapSASL,
                Self.sasl("SCRAM-SHA-512", "admin", "admin-secret", cluster))
            #expect(useStream(scram) == nil)
        }
    }
}
