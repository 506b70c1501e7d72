// The one place where Kafka's and librdkafka's codes become what the caller does next and what a
// person can do (style rule 5). Sources: the broker's Errors enum, rdkafka.h, facts in
// docs/architecture.md.

import CRdKafka
import EventLog
import EventModel

extension LogError {
    /// A code of the library or the broker, in our words.
    /// - Parameters:
    ///   - target: the topic or partition it is about, when known.
    ///   - detail: the library's own text, when it has one.
    static func kafka(
        _ code: rd_kafka_resp_err_t, _ operation: String, _ configuration: KafkaConfiguration,
        target: String? = nil, detail: String? = nil
    ) -> LogError {
        let name = String(cString: rd_kafka_err2name(code))
        let said = detail ?? String(cString: rd_kafka_err2str(code))
        let (reaction, message, hint) = words(code, configuration, target: target, said: said)
        return LogError(
            operation: operation, code: name, reaction: reaction, message: message, hint: hint,
            isFencing: isFencing(code))
    }

    /// (After a transaction that took too long the code is INVALID_PRODUCER_EPOCH.)
    private static func isFencing(_ code: rd_kafka_resp_err_t) -> Bool {
        code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED
    }

    static func missingTopics(_ names: [String], _ operation: String) -> LogError {
        LogError(
            operation: operation, code: "UNKNOWN_TOPIC_OR_PART", reaction: .stopProcess,
            message: "missing topics: \(names.joined(separator: ", "))",
            hint: "Create them with `holdfast topics apply`, or correct --topic-prefix.")
    }

    private typealias Words = (Reaction, String, String)

    private static func words(
        _ code: rd_kafka_resp_err_t, _ configuration: KafkaConfiguration, target: String?,
        said: String
    ) -> Words {
        if let found = accessWords(code, configuration, target: target, said: said) { return found }
        if let found = transactionWords(code, configuration, said: said) { return found }
        switch code {
        case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
            RD_KAFKA_RESP_ERR__RESOLVE, RD_KAFKA_RESP_ERR__TIMED_OUT,
            RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT:
            return (
                .retry, "no answer from Kafka at \(configuration.bootstrap): \(said)",
                "Check that the brokers run and that the address and security.protocol are right."
            )
        case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
            // We ask about partitions that were counted. The library answers so when its metadata
            // has no leader for one: its broker died a moment ago.
            return (
                .retry, "\(target ?? "a partition") has no leader that answers: \(said)",
                "It is tried again; if it stays, look at the brokers' logs."
            )
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
            return (
                .stopProcess, "\(target ?? "a topic") does not exist: \(said)",
                "Create it with `holdfast topics apply`, or correct --topic-prefix."
            )
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            return (
                .stopProcess, "the position in \(target ?? "a partition") is gone: \(said)",
                "Start again: what retention removed is then recorded as lost. Raise retention.ms."
            )
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
            return (
                .stopProcess, "a record for \(target ?? "a topic") is too large: \(said)",
                "Raise max.message.bytes of the topic (`holdfast topics check` compares it)."
            )
        case RD_KAFKA_RESP_ERR_POLICY_VIOLATION, RD_KAFKA_RESP_ERR_INVALID_CONFIG,
            RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, RD_KAFKA_RESP_ERR_INVALID_PARTITIONS,
            RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
            return (
                .stopProcess, "Kafka refuses \(target ?? "the request"): \(said)",
                "Correct the topic's file in topics/ for this cluster."
            )
        default:
            return (
                isPassing(code) ? .retry : .stopProcess,
                "\(target.map { "\($0): " } ?? "")\(said)",
                isPassing(code)
                    ? "It is tried again; if it stays, look at the brokers' logs."
                    : "Look at the brokers' logs for this code."
            )
        }
    }

    /// Codes that a healthy cluster gives for a moment while leaders and coordinators move.
    private static func isPassing(_ code: rd_kafka_resp_err_t) -> Bool {
        let passing: [rd_kafka_resp_err_t] = [
            RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
            RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
            RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
            RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS,
            RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS,
            RD_KAFKA_RESP_ERR_NOT_CONTROLLER, RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR__WAIT_COORD, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
            RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR__PURGE_QUEUE,
            RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, RD_KAFKA_RESP_ERR__RETRY,
            RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR, RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE,
            RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
            RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH, RD_KAFKA_RESP_ERR_UNKNOWN_LEADER_EPOCH,
        ]
        return passing.contains(code)
    }

    /// Codes that no new handle mends: a person has to act, whatever became of the transaction.
    static func needsPerson(_ code: rd_kafka_resp_err_t) -> Bool {
        let codes: [rd_kafka_resp_err_t] = [
            RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
            RD_KAFKA_RESP_ERR__SSL,
            RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT,
            RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE,
        ]
        return codes.contains(code)
    }

    private static func accessWords(
        _ code: rd_kafka_resp_err_t, _ configuration: KafkaConfiguration, target: String?,
        said: String
    ) -> Words? {
        let prefix = configuration.topicPrefix
        switch code {
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
            return (
                .stopProcess, "Kafka denies access to topic \(target ?? "(not named): \(said)")",
                "Grant this principal READ, WRITE, DESCRIBE and DESCRIBE_CONFIGS on it"
                    + " (topics \(prefix)*)."
            )
        case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
            return (
                .stopProcess, "Kafka denies access to group \(configuration.groupID)",
                "Grant this principal READ on group \(configuration.groupID)."
            )
        case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
            let name = "\(configuration.deployment).\(configuration.instance)."
            return (
                .stopProcess, "Kafka denies access to transactional id \(name)*",
                "Grant this principal WRITE and DESCRIBE on transactional ids that begin with"
                    + " \(configuration.deployment). (resource pattern type prefixed)."
            )
        case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
            return (
                .stopProcess, "Kafka denies an operation on the cluster: \(said)",
                "Grant this principal IDEMPOTENT_WRITE on the cluster; `topics apply` also needs"
                    + " CREATE on it and ALTER_CONFIGS on the topics."
            )
        case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
            RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
            return authenticationWords(configuration, said: said)
        case RD_KAFKA_RESP_ERR__SSL:
            return (
                .stopProcess,
                "no TLS connection to \(configuration.bootstrap): \(said)",
                "Check ssl.ca.location, the broker's host name, and for mutual TLS"
                    + " ssl.certificate.location and ssl.key.location."
            )
        default: return nil
        }
    }

    /// SCRAM of librdkafka before 2.6.1 repeats a nonce that Kafka 4 checks (librdkafka #4895,
    /// CVE-2024-56128), so right credentials look wrong: that must be said.
    private static func authenticationWords(
        _ configuration: KafkaConfiguration, said: String
    ) -> Words {
        if configuration.usesScram, rd_kafka_version() < 0x0206_01ff {
            let version = String(cString: rd_kafka_version_str())
            return (
                .stopProcess,
                "SCRAM authentication failed: \(said). Kafka 4 refuses SCRAM from librdkafka"
                    + " \(version), also with the right password",
                "Use mutual TLS, or PLAIN or OAUTHBEARER over TLS, or librdkafka >= 2.6.1;"
                    + " with Kafka 3.x check user and password."
            )
        }
        return (
            .stopProcess, "Kafka does not let us in: \(said)",
            "Check sasl.mechanism, sasl.username and sasl.password, or the client certificate."
        )
    }

    private static func transactionWords(
        _ code: rd_kafka_resp_err_t, _ configuration: KafkaConfiguration, said: String
    ) -> Words? {
        switch code {
        case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
            // Of a batch: after a session that timed out our own second join may be the other one.
            // The consumer is told as well when it was somebody else, and that is fatal.
            return (
                .decideAnew,
                "another process took the name \(configuration.groupInstanceID): \(said)",
                "If it comes back, give each running process its own --instance."
            )
        case RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
            RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, RD_KAFKA_RESP_ERR_INVALID_TXN_STATE,
            RD_KAFKA_RESP_ERR_UNKNOWN_PRODUCER_ID, RD_KAFKA_RESP_ERR__FATAL,
            RD_KAFKA_RESP_ERR__INCONSISTENT, RD_KAFKA_RESP_ERR__STATE,
            RD_KAFKA_RESP_ERR_INVALID_PRODUCER_ID_MAPPING,
            // Seen after a broker was killed in the middle of a transaction: the batch that came
            // before was lost with it.
            RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER,
            RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER, RD_KAFKA_RESP_ERR__GAPLESS_GUARANTEE,
            RD_KAFKA_RESP_ERR_TRANSACTION_COORDINATOR_FENCED:
            return (
                .outcomeUnknown, "the transaction's producer was replaced or broke: \(said)",
                "It is opened again and the log decides what was committed."
            )
        case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
            return (
                .decideAnew, "the group has moved on since the batch began: \(said)",
                "The batch is decided again if its partition is still ours."
            )
        case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
            return (
                .stopProcess, "the broker refuses transactions of 10 s: \(said)",
                "Raise transaction.max.timeout.ms of the brokers to at least 10000."
            )
        default: return nil
        }
    }
}
