// Reading without a group's side effects: restore, rescan, tail, explain. A read_committed handle
// for records and stable ends, and, when it is asked for, a second one that sees open transactions:
// rd_kafka_query_watermark_offsets answers by its handle's isolation (librdkafka #3428).

import CRdKafka
package import EventLog
package import EventModel

/// LogReader on Kafka. Used by one thread.
package final class KafkaReader: LogReader {
    private let configuration: KafkaConfiguration
    private let log: KafkaLogLine
    private let client: ClientHandle
    private var uncommitted: ClientHandle?
    private var counts: [Topic: Int32] = [:]
    private var pendingError: LogError?
    private var fetching: FetchWaker

    /// Nothing is sent before the first question.
    package init(
        _ configuration: KafkaConfiguration, log: KafkaLogLine? = nil
    ) throws(LogError) {
        self.configuration = configuration
        self.log = log ?? ClientCallbacks.dropped
        fetching = FetchWaker(configuration)
        // group.id only because the library wants one to assign; it is never joined or committed
        // to.
        client = try ClientHandle(
            RD_KAFKA_CONSUMER,
            own: [("group.id", configuration.groupID), ("enable.auto.commit", "false")]
                + ReadingProperties.all(configuration), configuration, log: self.log)
    }

    package func partitionCount(of topic: Topic) throws(LogError) -> Int32 {
        if let known = counts[topic] { return known }
        counts.merge(try client.requiredCounts(of: [topic], "read topic")) { $1 }
        return counts[topic]!
    }

    package func lowWatermark(of partition: TopicPartition) throws(LogError) -> Offset {
        try known(partition)
        return try client.watermarks(of: partition).low
    }

    package func end(
        of partition: TopicPartition, isolation: Isolation
    ) throws(LogError) -> Offset {
        try known(partition)
        switch isolation {
        case .committed: return try client.watermarks(of: partition).high
        case .uncommitted: return try uncommittedClient().watermarks(of: partition).high
        }
    }

    /// First contact, so that an unreachable cluster or a missing topic has its own words.
    private func known(_ partition: TopicPartition) throws(LogError) {
        _ = try partitionCount(of: partition.topic)
    }

    private func uncommittedClient() throws(LogError) -> ClientHandle {
        if let uncommitted { return uncommitted }
        let made = try ClientHandle(
            RD_KAFKA_CONSUMER,
            own: [
                ("group.id", configuration.groupID), ("enable.auto.commit", "false"),
                ("session.timeout.ms", String(configuration.sessionMilliseconds)),
                ("isolation.level", "read_uncommitted"),
            ], configuration, log: log)
        uncommitted = made
        return made
    }

    package func offset(
        of partition: TopicPartition, at instant: Instant
    ) throws(LogError) -> Offset? {
        try known(partition)
        // The question travels in the offset's place, in milliseconds: rounded up, because a record
        // of an earlier fraction of the same millisecond would be before the instant.
        let asked = max(0, (instant.rawValue + 999) / 1000)
        var list = PartitionList(capacity: 1)
        let name = configuration.name(of: partition.topic)
        try client.patiently("find offset by time", target: configuration.text(of: partition)) {
            // Anew for each question: the answer overwrites it.
            list = PartitionList(capacity: 1)
            list.append(name, partition.partition, offset: Offset(asked))
            let code = rd_kafka_offsets_for_times(client.rk, list.pointer, 5_000)
            return code != RD_KAFKA_RESP_ERR_NO_ERROR ? code : list[0].error
        }
        return list[0].offset >= 0 ? Offset(list[0].offset) : nil
    }

    package func assign(_ positions: [(TopicPartition, Offset)]) throws(LogError) {
        pendingError = nil
        var list = PartitionList(capacity: positions.count)
        for (partition, offset) in positions {
            let low = try lowWatermark(of: partition)
            list.append(
                configuration.name(of: partition.topic), partition.partition,
                offset: max(low, offset))
        }
        rd_kafka_poll_set_consumer(client.rk)
        let code = rd_kafka_assign(client.rk, positions.isEmpty ? nil : list.pointer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw LogError.kafka(code, "assign", configuration)
        }
    }

    package func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        if let error = pendingError {
            pendingError = nil
            throw error
        }
        var timeout = timeoutMilliseconds
        var taken = 0
        while taken < max, let message = rd_kafka_consumer_poll(client.rk, timeout) {
            timeout = 0
            let found = message.pointee
            let topic = client.topic(of: found.rkt)
            if found.err == RD_KAFKA_RESP_ERR_NO_ERROR, let topic {
                records.append(RecordMaker.record(message, topic))
                taken += 1
                fetching.took(found.len, from: client)
                continue
            }
            defer { rd_kafka_message_destroy(message) }
            if found.err == RD_KAFKA_RESP_ERR__PARTITION_EOF, let topic {
                events.append(
                    .reachedEnd(
                        TopicPartition(topic, Partition(found.partition)), Offset(found.offset)))
                return
            }
            guard let error = failure(message, topic) else { continue }
            guard taken > 0 else { throw error }
            pendingError = error
            return
        }
    }

    /// Nil for what the library retries by itself.
    private func failure(
        _ message: UnsafeMutablePointer<rd_kafka_message_t>, _ topic: Topic?
    ) -> LogError? {
        let text = rd_kafka_message_errstr(message).map { String(cString: $0) } ?? ""
        let error = LogError.kafka(
            message.pointee.err, "read", configuration,
            target: topic.map { configuration.name(of: $0) }, detail: text)
        if error.reaction == .stopProcess { return error }
        log(4, error.description)
        return nil
    }

    package func release(_ record: LogRecord) { RecordMaker.release(record) }

    package func close() {
        client.close()
        uncommitted?.close()
    }
}
