// An idempotent producer outside of any transaction: `produce`, redrive, tests. Keys are placed by
// our own murmur2, with an explicit partition, so that no client setting can place them elsewhere.

import CRdKafka
package import EventLog
package import EventModel

/// LogWriter on Kafka. Used by one thread.
package final class KafkaWriter: LogWriter {
    private let configuration: KafkaConfiguration
    private let client: ClientHandle
    private var counts: [Topic: Int32] = [:]
    /// The first record that was not written.
    private var failure: LogError?

    package init(
        _ configuration: KafkaConfiguration, log: KafkaLogLine? = nil
    ) throws(LogError) {
        self.configuration = configuration
        client = try ClientHandle(
            RD_KAFKA_PRODUCER,
            own: [
                // One request at a time: when the first one to a young partition is refused (its
                // leader is not ready) and the second is taken, a broker that has not seen this
                // producer believes the second, calls the repeated first one a duplicate, and the
                // library calls it delivered. Seen: 6 records lost in 120 new topics.
                ("enable.idempotence", "true"), ("max.in.flight.requests.per.connection", "1"),
                ("linger.ms", "5"),
                ("message.max.bytes", "16777216"), ("queue.buffering.max.messages", "500000"),
                ("message.timeout.ms", "60000"),
            ], configuration, log: log ?? ClientCallbacks.dropped)
        client.context.onDelivery = { [unowned self] message in
            let found = message.pointee
            guard found.err != RD_KAFKA_RESP_ERR_NO_ERROR, failure == nil else { return }
            let topic = client.topic(of: found.rkt)
            failure = .kafka(
                found.err, "write", configuration, target: topic.map(configuration.name(of:)))
        }
    }

    package func write(
        topic: Topic, partition: Partition?, key: ByteView?, value: ByteView?,
        headers: [(name: String, value: [UInt8])]
    ) throws(LogError) {
        let count = try partitionCount(of: topic)
        let place = partition ?? key.map { Partition.of(key: $0, count: count) } ?? Partition(0)
        let keyBytes = key.map { $0.baseAddress ?? ProducedBytes.empty! }
        let valueBytes = value.map { $0.baseAddress ?? ProducedBytes.empty! }
        while true {
            let code = produce(
                client.handle(of: topic), place, (keyBytes, key?.count ?? 0),
                (valueBytes, value?.count ?? 0), headers)
            switch code {
            case RD_KAFKA_RESP_ERR_NO_ERROR: return
            case RD_KAFKA_RESP_ERR__QUEUE_FULL: rd_kafka_poll(client.rk, 50)
            default:
                throw LogError.kafka(
                    code, "write", configuration, target: configuration.name(of: topic))
            }
        }
    }

    private func produce(
        _ topic: OpaquePointer, _ partition: Partition, _ key: (UnsafeRawPointer?, Int),
        _ value: (UnsafeRawPointer?, Int), _ headers: [(name: String, value: [UInt8])]
    ) -> rd_kafka_resp_err_t {
        var list: OpaquePointer?
        if !headers.isEmpty {
            list = rd_kafka_headers_new(headers.count)
            for (name, value) in headers {
                rd_kafka_header_add(list, name, -1, value, value.count)
            }
        }
        guard let list else {
            let result = rd_kafka_produce(
                topic, partition.rawValue, RD_KAFKA_MSG_F_COPY,
                UnsafeMutableRawPointer(mutating: value.0), value.1, key.0, key.1, nil)
            return result == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error()
        }
        let code = holdfast_produce_with_headers(
            client.rk, topic, partition.rawValue, key.0, key.1, value.0, value.1, list)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { rd_kafka_headers_destroy(list) }
        return code
    }

    private func partitionCount(of topic: Topic) throws(LogError) -> Int32 {
        if let known = counts[topic] { return known }
        counts.merge(try client.requiredCounts(of: [topic], "write")) { $1 }
        return counts[topic]!
    }

    package func flush() throws(LogError) {
        while true {
            let code = rd_kafka_flush(client.rk, 1_000)
            if let failure {
                self.failure = nil
                throw failure
            }
            if code == RD_KAFKA_RESP_ERR_NO_ERROR { return }
        }
    }

    package func close() { client.close() }
}
