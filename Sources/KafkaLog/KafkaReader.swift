// Reading without a group's side effects: restore, rescan, tail, explain. A read_committed handle
// for records, one for questions, and, when it is asked for, one that sees open transactions:
// rd_kafka_query_watermark_offsets answers by its handle's isolation (librdkafka #3428).
//
// Questions have a handle of their own because a broker answers the requests of a connection one
// after the other: each would wait for a fetch that waits for records (12 ms instead of 0.7).

import CRdKafka
package import EventLog
package import EventModel

/// LogReader on Kafka. Used by one thread.
package final class KafkaReader: LogReader {
    private let configuration: KafkaConfiguration
    private let log: KafkaLogLine
    private let client: ClientHandle
    /// Never assigned anything.
    private let questions: ClientHandle
    private var uncommitted: ClientHandle?
    private var counts: [Topic: Int32] = [:]
    /// What `client` has heard of.
    private var fetched: Set<Topic> = []
    private var pendingError: LogError?
    private var fetching: FetchWaker

    /// Nothing is sent before the first question.
    /// - Parameter fetchWaitMilliseconds: how late an end is told, in milliseconds (and how often
    ///   somebody who waits for records asks for them).
    package init(
        _ configuration: KafkaConfiguration, fetchWaitMilliseconds: Int = 10,
        log: KafkaLogLine? = nil
    ) throws(LogError) {
        self.configuration = configuration
        self.log = log ?? ClientCallbacks.dropped
        fetching = FetchWaker(configuration)
        // group.id only because the library wants one to assign; it is never joined or committed
        // to.
        let own =
            [
                ("group.id", configuration.groupID), ("enable.auto.commit", "false"),
                // Offsets that are not stable yet are asked for again after this time.
                ("retry.backoff.ms", "10"),
            ]
            + ReadingProperties.all(
                configuration, fetchWaitMilliseconds: fetchWaitMilliseconds)
        client = try ClientHandle(RD_KAFKA_CONSUMER, own: own, configuration, log: self.log)
        questions = try ClientHandle(RD_KAFKA_CONSUMER, own: own, configuration, log: self.log)
    }

    /// Connects all handles and tells them of every topic, so that the first question of somebody
    /// who waits need not.
    func warm() throws(LogError) {
        counts.merge(try client.requiredCounts(of: Topic.copartitioned, "read topics")) { $1 }
        fetched.formUnion(Topic.copartitioned)
        _ = try questions.requiredCounts(of: Topic.copartitioned, "read topics")
        _ = try uncommittedClient().requiredCounts(of: [.state], "read topics")
        _ = try questions.groupOffsets(of: Partition(0), millisecondsMax: 1_000)
    }

    /// Takes from handles that nobody reads what they want to tell: old errors of connections.
    /// Nothing is assigned.
    func rest() {
        client.consume()
        while let message = rd_kafka_consumer_poll(client.rk, 0) {
            rd_kafka_message_destroy(message)
        }
        rd_kafka_poll(questions.rk, 0)
        if let uncommitted { rd_kafka_poll(uncommitted.rk, 0) }
    }

    /// As `StreamLog.groupOffsets`, of a group that this handle is no member of.
    /// - Parameter millisecondsMax: how long open transactions are waited for, in milliseconds.
    func groupOffsets(
        of partition: Partition, millisecondsMax: Int64
    ) throws(LogError) -> [Topic: Offset] {
        try questions.groupOffsets(of: partition, millisecondsMax: millisecondsMax)
    }

    package func partitionCount(of topic: Topic) throws(LogError) -> Int32 {
        if let known = counts[topic] { return known }
        counts.merge(try questions.requiredCounts(of: [topic], "read topic")) { $1 }
        return counts[topic]!
    }

    package func lowWatermark(of partition: TopicPartition) throws(LogError) -> Offset {
        try known(partition)
        return try questions.watermarks(of: partition).low
    }

    package func end(
        of partition: TopicPartition, isolation: Isolation
    ) throws(LogError) -> Offset {
        try known(partition)
        switch isolation {
        case .committed: return try questions.watermarks(of: partition).high
        case .uncommitted: return try uncommittedClient().watermarks(of: partition).high
        }
    }

    /// The handle that fetches learns of a topic too: one that it has not heard of it would look
    /// for up to a second.
    private func prepareFetching(_ topic: Topic) throws(LogError) {
        guard !fetched.contains(topic) else { return }
        _ = try client.requiredCounts(of: [topic], "read topic")
        fetched.insert(topic)
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
        try questions.patiently("find offset by time", target: configuration.text(of: partition)) {
            // Anew for each question: the answer overwrites it.
            list = PartitionList(capacity: 1)
            list.append(name, partition.partition, offset: Offset(asked))
            let code = rd_kafka_offsets_for_times(questions.rk, list.pointer, 5_000)
            return code != RD_KAFKA_RESP_ERR_NO_ERROR ? code : list[0].error
        }
        return list[0].offset >= 0 ? Offset(list[0].offset) : nil
    }

    package func assign(_ positions: [(TopicPartition, Offset)]) throws(LogError) {
        pendingError = nil
        var list = PartitionList(capacity: positions.count)
        for (partition, offset) in positions {
            try prepareFetching(partition.topic)
            let low = try lowWatermark(of: partition)
            list.append(
                configuration.name(of: partition.topic), partition.partition,
                offset: max(low, offset))
        }
        client.consume()
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
        questions.close()
        uncommitted?.close()
    }
}
