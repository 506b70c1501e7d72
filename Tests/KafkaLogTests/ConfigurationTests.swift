// What an operator may set, what is refused and in which words. No broker.

import EventLog
import EventModel
import KafkaLog
import Testing

@Suite struct KafkaConfigurationTests {
    private func failure(_ properties: [String: String]) -> LogError? {
        do throws(LogError) {
            try KafkaConfiguration(bootstrap: "localhost:1", properties: properties).validate()
            return nil
        } catch { return error }
    }

    @Test(arguments: KafkaProperty.refused.map(\.name))
    func `what would break exactly-once is refused by name, with the reason`(name: String) throws {
        let error = try #require(failure([name: "x"]))
        #expect(error.reaction == .stopProcess)
        #expect(error.code == "refusedProperty")
        #expect(error.message.contains(name))
        let reason = try #require(KafkaProperty.refused.first { $0.name == name }?.reason)
        #expect(error.message.contains(reason))
    }

    @Test(arguments: [("5", true), ("1", true), ("6", false), ("many", false)])
    func `five requests in flight keep the order, more do not`(value: String, isTaken: Bool) {
        #expect((failure(["max.in.flight": value]) == nil) == isTaken)
        #expect(
            (failure(["max.in.flight.requests.per.connection": value]) == nil) == isTaken)
    }

    @Test func `an unknown property is refused by name`() throws {
        let error = try #require(failure(["security.protocl": "ssl"]))
        #expect(error.code == "unknownProperty")
        #expect(error.message.contains("security.protocl"))
    }

    @Test func `a value that librdkafka does not take is told`() throws {
        let error = try #require(failure(["security.protocol": "carrier-pigeon"]))
        #expect(error.code == "invalidProperty")
        #expect(error.message.contains("carrier-pigeon"))
    }

    @Test func `ordinary properties pass through`() {
        #expect(
            failure([
                "security.protocol": "sasl_ssl", "sasl.mechanism": "PLAIN", "sasl.username": "u",
                "sasl.password": "s3cret", "compression.type": "lz4", "linger.ms": "20",
            ]) == nil)
    }

    @Test(arguments: [
        "sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem",
        "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config",
    ])
    func `a secret is never shown`(name: String) {
        let configuration = KafkaConfiguration(
            bootstrap: "localhost:1", properties: [name: "hunter2", "linger.ms": "5"])
        let shown = configuration.shownProperties.map { "\($0.name)=\($0.value)" }
        #expect(shown.contains("\(name)=***"))
        #expect(shown.contains("linger.ms=5"))
    }

    @Test func `a secret that is refused is not repeated`() throws {
        // 512 characters more than librdkafka's own limit for a password in PEM form.
        let error = try #require(
            failure(["ssl.key.pem": "hunter2"]) ?? failure(["x.secret": "hunter2"]))
        #expect(!error.description.contains("hunter2"))
    }

    @Test func `names follow from deployment, instance and thread`() {
        let configuration = KafkaConfiguration(
            bootstrap: "b:1", deployment: "plant7", instance: "pod-0", thread: 2,
            topicPrefix: "p.")
        #expect(configuration.groupID == "holdfast.plant7")
        #expect(configuration.groupInstanceID == "pod-0.2")
        #expect(configuration.transactionalID(1) == "plant7.pod-0.2.1")
        #expect(configuration.name(of: .mesExecution) == "p.mes.execution")
        #expect(configuration.topic(named: "p.mes.execution") == .mesExecution)
        #expect(configuration.topic(named: "mes.execution") == nil)
    }
}
