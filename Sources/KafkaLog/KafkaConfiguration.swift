// Where the cluster is, who we are in it, and what else librdkafka shall be told. Names of group
// and transactions follow from here alone (docs/design.md, "Names"), so that two places never
// disagree.

import CRdKafka
package import EventLog
package import EventModel

/// How to reach Kafka and under which names.
package struct KafkaConfiguration: Sendable {
    /// `host:port,host:port`.
    package var bootstrap: String
    /// The deployment: group.id is `holdfast.<deployment>`.
    package var deployment: String
    /// The instance: the pod's name, or an id kept in the state directory.
    package var instance: String
    /// The stream thread's number within the instance.
    package var thread: Int
    /// Whether the instance was named by `--instance`: only then membership is static, because only
    /// then the same name comes back after a crash.
    package var isStatic: Bool
    /// Put before every topic's name; default empty.
    package var topicPrefix: String
    /// librdkafka's own properties, as the operator wrote them.
    package var properties: [String: String]
    /// session.timeout.ms and transaction.timeout.ms, in milliseconds. 10 s in the product; tests
    /// that wait for a session's end make it shorter.
    package var sessionMilliseconds = 10_000
    /// How long to wait for a first answer of the cluster, in milliseconds.
    package var connectMillisecondsMax: Int64 = 15_000
    /// How long topics that a broker does not know are asked for again, in milliseconds: they may
    /// have been made, or the broker may have come back, a moment ago.
    package var unknownTopicsMillisecondsMax = Limits().unknownTopicsMillisecondsMax
    /// How long a predecessor's open transaction is waited for, in milliseconds: it ends at most
    /// 20 s after it began (measured: the coordinator looks every 10 s for those older than 10 s).
    package var stableOffsetsMillisecondsMax: Int64 = 45_000
    /// How long `close` may take for each handle, in milliseconds; then the handle is left behind.
    package var closeMillisecondsMax: Int64 = 6_000

    package init(
        bootstrap: String, deployment: String = "default", instance: String = "tools",
        thread: Int = 0, isStatic: Bool = false, topicPrefix: String = "",
        properties: [String: String] = [:]
    ) {
        self.bootstrap = bootstrap
        self.deployment = deployment
        self.instance = instance
        self.thread = thread
        self.isStatic = isStatic
        self.topicPrefix = topicPrefix
        self.properties = properties
    }

    package var groupID: String { "holdfast.\(deployment)" }
    /// The static member's name.
    package var groupInstanceID: String { "\(instance).\(thread)" }

    /// One of the thread's two transactional ids.
    package func transactionalID(_ number: Int) -> String {
        "\(deployment).\(instance).\(thread).\(number)"
    }

    /// The topic's name in the cluster.
    package func name(of topic: Topic) -> String { topicPrefix + topic.name }

    /// The topic of a name in the cluster.
    package func topic(named name: String) -> Topic? {
        guard name.hasPrefix(topicPrefix) else { return nil }
        return Topic(name: String(name.dropFirst(topicPrefix.count)))
    }

    /// Checks the operator's properties without touching the network: names that librdkafka does
    /// not know, values it does not take, and what would break exactly-once (`KafkaProperty`).
    /// - Throws: LogError (stopProcess); a secret's value is never in it.
    package func validate() throws(LogError) {
        let conf = ConfigurationHandle()
        try conf.set("bootstrap.servers", bootstrap)
        try conf.apply(properties)
    }

    /// The properties as they may be shown: sorted, secrets as `***`.
    package var shownProperties: [(name: String, value: String)] {
        properties.sorted { $0.key < $1.key }.map {
            (name: $0.key, value: KafkaProperty.isSecret($0.key) ? "***" : $0.value)
        }
    }

    /// Whether the operator asks for SCRAM.
    var usesScram: Bool {
        (properties["sasl.mechanism"] ?? properties["sasl.mechanisms"] ?? "").uppercased()
            .hasPrefix("SCRAM")
    }
}
