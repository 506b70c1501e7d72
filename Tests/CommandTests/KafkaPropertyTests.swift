// What the command refuses of librdkafka's properties and what the log itself refuses: two modules,
// neither of which may import the other, so their lists are compared here.

import Configuration
import KafkaLog
import Testing

@Suite struct KafkaPropertyTests {
    @Test func `the command refuses by name exactly what the log refuses`() {
        let command = Set(KafkaProperties.refused.map(\.name))
        let log = Set(KafkaProperty.refused.map(\.name))
        #expect(command == log)
    }

    @Test func `both know the same properties as secrets`() {
        for name in ["sasl.password", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password"] {
            #expect(KafkaProperties.isSecret(name) && KafkaProperty.isSecret(name), "\(name)")
        }
    }
}
