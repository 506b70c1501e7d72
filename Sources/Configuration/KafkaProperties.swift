// Properties of librdkafka pass through as they are, but for those with which exactly-once would be
// a lie. Each of those is refused with the reason, here and nowhere else; docs/operations.md has
// the same table and a test compares them.

/// What may not be set under `kafka:`, and which values are secret.
package enum KafkaProperties {
    /// A property that is refused, and why.
    package struct Refusal: Sendable, Equatable {
        package let name: String
        package let reason: String
    }

    /// Why the property may not be set; nil when it may.
    package static func refusal(of name: String) -> String? {
        if let refusal = refused.first(where: { $0.name == name }) { return refusal.reason }
        if name.hasSuffix("_cb") || name == "opaque" || name == "default_topic_conf" {
            return "it is a pointer inside the program, not a value"
        }
        return nil
    }

    private static let harmlessSASL: Set<String> = [
        "sasl.mechanism", "sasl.mechanisms", "sasl.username", "sasl.oauthbearer.method",
        "sasl.oauthbearer.client.id", "sasl.oauthbearer.scope",
        "sasl.oauthbearer.token.endpoint.url",
        "sasl.kerberos.service.name", "sasl.kerberos.principal",
    ]

    /// Values of such properties are never printed.
    package static func isSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        // What is mistyped is still a secret: of sasl.* only what is known to be harmless is shown.
        if name.hasPrefix("sasl."), !harmlessSASL.contains(name) { return true }
        return ["password", "secret", "key.pem", "keystore.pem", "token", "oauthbearer.config"]
            .contains { name.contains($0) }
    }

    package static let refused: [Refusal] = [
        Refusal(name: "bootstrap.servers", reason: "the brokers are named by --log kafka://..."),
        Refusal(
            name: "metadata.broker.list", reason: "the brokers are named by --log kafka://..."),
        Refusal(name: "group.id", reason: "it is holdfast.<deployment>: use --deployment"),
        Refusal(name: "group.instance.id", reason: "it is <instance>.<thread>: use --instance"),
        Refusal(
            name: "transactional.id",
            reason: "it is <deployment>.<instance>.<thread>.<0|1>; another would not be fenced"),
        Refusal(
            name: "enable.auto.commit",
            reason: "offsets are committed in the transaction of their effects, never beside it"),
        Refusal(
            name: "auto.commit.enable",
            reason: "offsets are committed in the transaction of their effects, never beside it"),
        Refusal(
            name: "enable.auto.offset.store",
            reason: "offsets are committed in the transaction of their effects, never beside it"),
        Refusal(
            name: "isolation.level",
            reason: "read_uncommitted would act on records of aborted transactions"),
        Refusal(name: "enable.idempotence", reason: "transactions need it to be true"),
        Refusal(name: "acks", reason: "transactions need all"),
        Refusal(name: "request.required.acks", reason: "transactions need all"),
        Refusal(
            name: "auto.offset.reset",
            reason: "a lost position must stop the task by name, not skip records in silence"),
        Refusal(
            name: "partition.assignment.strategy",
            reason: "a task's partitions of all inputs move together; the worker sees to that"),
        Refusal(
            name: "partitioner",
            reason: "a key's partition is murmur2 of it, as Java producers do; tasks rely on it"),
        Refusal(
            name: "enable.partition.eof",
            reason: "timers and restores wait for the end that it announces"),
        Refusal(
            name: "transaction.timeout.ms",
            reason: "it is 10 s; fencing and restore are timed by it"),
        Refusal(
            name: "session.timeout.ms", reason: "it is 10 s; fencing and restore are timed by it"),
        Refusal(name: "message.timeout.ms", reason: "it follows the transaction's timeout"),
        Refusal(name: "delivery.timeout.ms", reason: "it follows the transaction's timeout"),
        Refusal(
            name: "delivery.report.only.error", reason: "commits wait for delivery reports"),
        Refusal(
            name: "plugin.library.paths", reason: "it would load foreign code into the worker"),
        Refusal(name: "queuing.strategy", reason: "lifo would change the order of records"),
        Refusal(
            name: "allow.auto.create.topics",
            reason: "a topic made by accident has the wrong partition count: use topics apply"),
    ]
}
