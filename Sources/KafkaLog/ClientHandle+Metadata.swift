// First contact. Whatever is wrong with the way to the cluster shows here, so that this is where
// "unreachable", "not trusted", "not let in" and "no such topic" get their own words.

import CRdKafka
import EventLog
import EventModel
import Glibc

extension ClientHandle {
    /// Partition and replica counts of these topics, absent where the topic is. Also warms the
    /// client: the first record to a topic it has not heard of would wait up to a second.
    func metadata(
        of wanted: [Topic], _ operation: String
    ) throws(LogError) -> [Topic: (partitions: Int32, replication: Int32)] {
        for topic in wanted { _ = handle(of: topic) }
        context.forgetError()
        let deadline = Monotonic.milliseconds() + configuration.connectMillisecondsMax
        while true {
            var answer: UnsafePointer<rd_kafka_metadata>?
            let code = rd_kafka_metadata(rk, 0, nil, &answer, 500)
            if code == RD_KAFKA_RESP_ERR_NO_ERROR, let answer {
                defer { rd_kafka_metadata_destroy(answer) }
                return try counts(in: answer.pointee, of: wanted, operation)
            }
            // Not where a consumer's records come to the same queue: the library ends the process
            // when it meets one there.
            if !isConsumed { rd_kafka_poll(rk, 0) }
            if let last = context.lastError,
                last.code == RD_KAFKA_RESP_ERR__AUTHENTICATION
                    || last.code == RD_KAFKA_RESP_ERR__SSL
            {
                throw LogError.kafka(last.code, operation, configuration, detail: last.reason)
            }
            guard Monotonic.milliseconds() < deadline else {
                let last = context.lastError
                throw LogError.kafka(
                    last?.code ?? code, operation, configuration, detail: last?.reason)
            }
        }
    }

    /// As `metadata`, but all must be there, if need be after a while.
    /// - Parameter millisecondsMax: how long; nil: as long as for topics that exist already.
    func requiredCounts(
        of wanted: [Topic], _ operation: String, millisecondsMax: Int64? = nil
    ) throws(LogError) -> [Topic: Int32] {
        let patience = millisecondsMax ?? configuration.unknownTopicsMillisecondsMax
        var deadline: Int64?
        while true {
            let found = try metadata(of: wanted, operation)
            let missing = wanted.filter { found[$0] == nil }
            if missing.isEmpty { return found.mapValues(\.partitions) }
            let now = Monotonic.milliseconds()
            // From the first answer on: that may have been long in coming.
            let until = deadline ?? now + patience
            guard now < until else {
                throw LogError.missingTopics(missing.map(configuration.name(of:)), operation)
            }
            deadline = until
            usleep(50_000)
        }
    }

    private func counts(
        in answer: rd_kafka_metadata, of wanted: [Topic], _ operation: String
    ) throws(LogError) -> [Topic: (partitions: Int32, replication: Int32)] {
        var found: [Topic: (partitions: Int32, replication: Int32)] = [:]
        for index in 0..<Int(answer.topic_cnt) {
            let entry = answer.topics[index]
            guard let topic = configuration.topic(named: String(cString: entry.topic)),
                wanted.contains(topic)
            else { continue }
            switch entry.err {
            case RD_KAFKA_RESP_ERR_NO_ERROR, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE:
                guard entry.partition_cnt > 0 else { continue }
                found[topic] = (entry.partition_cnt, entry.partitions[0].replica_cnt)
            case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART: continue
            default:
                throw LogError.kafka(
                    entry.err, operation, configuration,
                    target: configuration.name(of: topic))
            }
        }
        return found
    }

    /// Low watermark, and the high one as this handle's isolation sees it.
    func watermarks(
        of partition: TopicPartition
    ) throws(LogError) -> (low: Offset, high: Offset) {
        var low: Int64 = 0
        var high: Int64 = 0
        let name = configuration.name(of: partition.topic)
        try patiently("read watermarks", target: configuration.text(of: partition)) {
            rd_kafka_query_watermark_offsets(
                rk, name, partition.partition.rawValue, &low, &high, 5_000)
        }
        return (Offset(max(0, low)), Offset(max(0, high)))
    }

    /// Repeats a question while the cluster is between leaders (also right after a topic was
    /// made), within the time that a first contact may take.
    func patiently(
        _ operation: String, target: String, _ ask: () -> rd_kafka_resp_err_t
    ) throws(LogError) {
        let deadline = Monotonic.milliseconds() + configuration.connectMillisecondsMax
        while true {
            let code = ask()
            if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
            let error = LogError.kafka(code, operation, configuration, target: target)
            // A broker that has just come back may not have heard of its topics yet.
            let mayPass =
                error.reaction == .retry || code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART
            guard mayPass, Monotonic.milliseconds() < deadline else { throw error }
            usleep(20_000)
        }
    }
}
