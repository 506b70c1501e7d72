// Which of librdkafka's properties an operator may not set, and why: one table, from which the
// check, its message and the documentation are made.

/// What we know about librdkafka's properties.
package enum KafkaProperty {
    /// A property that is not passed through.
    package struct Refused: Sendable {
        package let name: String
        /// Why, as the end of a sentence that begins with the property's name.
        package let reason: String
    }

    /// Every property that is refused by name.
    package static let refused: [Refused] = [
        Refused(name: "bootstrap.servers", reason: "is the address after kafka://"),
        Refused(name: "metadata.broker.list", reason: "is the address after kafka://"),
        Refused(name: "group.id", reason: "is made of the deployment's name"),
        Refused(name: "group.instance.id", reason: "is made of --instance"),
        Refused(name: "transactional.id", reason: "is made of deployment, instance and thread"),
        Refused(
            name: "enable.auto.commit",
            reason: "would commit offsets outside of the transaction that holds their effects"),
        Refused(
            name: "auto.commit.enable",
            reason: "would commit offsets outside of the transaction that holds their effects"),
        Refused(
            name: "enable.auto.offset.store",
            reason: "belongs to offsets that are committed outside of transactions"),
        Refused(
            name: "isolation.level",
            reason: "must be read_committed: an aborted record must never be decided on"),
        Refused(
            name: "enable.idempotence", reason: "must be on: a retry would write a record twice"),
        Refused(name: "acks", reason: "must be all: a committed record must survive its broker"),
        Refused(
            name: "request.required.acks",
            reason: "must be all: a committed record must survive its broker"),
        Refused(
            name: "auto.offset.reset",
            reason: "must be error: a position that is gone is a loss to be told, not skipped"),
        Refused(
            name: "partition.assignment.strategy",
            reason: "must be cooperative-sticky: companions follow the lead topic's partition"),
        Refused(name: "queuing.strategy", reason: "must be fifo: the order is the log's"),
        Refused(
            name: "partitioner", reason: "must be murmur2: the contract of topics/ places keys"),
        Refused(
            name: "enable.partition.eof",
            reason: "must be on: timers wait for the end of their partition"),
        Refused(
            name: "delivery.report.only.error",
            reason: "must be off: commits wait for delivery reports"),
        Refused(
            name: "transaction.timeout.ms",
            reason: "is 10 s: a successor waits for what a killed worker left open"),
        Refused(
            name: "session.timeout.ms",
            reason: "is 10 s: a killed worker's partitions move after it"),
        Refused(
            name: "message.timeout.ms", reason: "follows the transaction's timeout"),
        Refused(
            name: "delivery.timeout.ms", reason: "follows the transaction's timeout"),
        Refused(
            name: "allow.auto.create.topics",
            reason: "must be off: topics are made by `holdfast topics apply`"),
        Refused(
            name: "plugin.library.paths", reason: "would load foreign code into the worker"),
    ]

    /// The in-flight limit that idempotence allows.
    static let maxInFlight: Set<String> = [
        "max.in.flight.requests.per.connection", "max.in.flight",
    ]

    /// Why this setting is refused, or nil.
    package static func refusal(of name: String, value: String) -> String? {
        if let found = refused.first(where: { $0.name == name }) { return found.reason }
        if maxInFlight.contains(name), Int(value).map({ $0 > 5 }) ?? true {
            return "must be 5 or less: more could reorder records after a retry"
        }
        return nil
    }

    /// Whether a property's value must never be shown.
    package static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.contains("password") || name.contains("secret")
            || ["ssl.key.pem", "ssl_key", "sasl.oauthbearer.config", "sasl.jaas.config"]
                .contains(name)
    }
}
