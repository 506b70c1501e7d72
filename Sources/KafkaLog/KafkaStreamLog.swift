// A stream thread's Kafka: one consumer in the group, two transactional producers used in turn.
// Assignment is in +Assignment, polling in +Poll, the transaction in +Commit.

import CRdKafka
package import EventLog
package import EventModel

/// StreamLog on Kafka. Used by one thread only.
package final class KafkaStreamLog: StreamLog {
    let configuration: KafkaConfiguration
    let log: KafkaLogLine
    private let clock: () -> Instant
    private var counts: [Topic: Int32] = [:]
    private var client: ClientHandle?
    /// Used by the committer's thread while a commit is under way, by ours otherwise.
    var producers: [TransactionalProducer] = []
    private(set) var committer: Committer?
    /// The queue that our polls wait at; asked to give way when a commit has ended.
    private var pollQueue: OpaquePointer?
    /// Whose turn it is.
    var turn = 0
    var assignment = Assignment()
    var fetching: FetchWaker
    /// An error that came behind records: told at the next poll, so that those are not lost.
    var pendingError: LogError?
    /// Rebalances as the callback heard them, in order.
    var pendingEvents: [LogEvent] = []
    /// The group has given us an assignment, be it an empty one.
    var hasJoined = false
    /// When a heartbeat was last looked for (monotonic, milliseconds).
    var heartbeatWokenAt: Int64 = 0

    /// - Parameters:
    ///   - clock: the wall clock, for clock reports.
    ///   - log: takes librdkafka's log lines, on any thread; by default they are dropped.
    package init(
        _ configuration: KafkaConfiguration, clock: @escaping () -> Instant,
        log: KafkaLogLine? = nil
    ) {
        self.configuration = configuration
        self.clock = clock
        self.log = log ?? ClientCallbacks.dropped
        fetching = FetchWaker(configuration)
    }

    package var partitionCount: Int32 { partitionCount(of: .lead) }

    package func partitionCount(of topic: Topic) -> Int32 {
        guard let count = counts[topic] else {
            preconditionFailure("partition counts are known after open()")
        }
        return count
    }

    /// The consumer's handle.
    var consumer: ClientHandle {
        guard let client else { preconditionFailure("open() comes first") }
        return client
    }

    package func open() throws(LogError) {
        precondition(client == nil, "open() once")
        FetchMemory.keep()
        try openProducers()
        let made = try ClientHandle(
            RD_KAFKA_CONSUMER, own: consumerProperties, configuration, log: log, rebalances: true)
        _ = try made.requiredCounts(of: Topic.inputs, "open consumer")
        assignment = Assignment(partitionCount: Int(partitionCount))
        client = made
        made.context.onRebalance = { [unowned self] in rebalanced($0, $1) }
        made.consume()
        startCommitter(waking: made)
        try subscribe()
    }

    func subscribe() throws(LogError) {
        let lead = PartitionList()
        // Only the lead topic: cooperative-sticky would scatter partition p of several topics.
        _ = rd_kafka_topic_partition_list_add(
            lead.pointer, configuration.name(of: .lead), RD_KAFKA_PARTITION_UA)
        let code = rd_kafka_subscribe(consumer.rk, lead.pointer)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw LogError.kafka(code, "subscribe", configuration)
        }
    }

    private func startCommitter(waking consumer: ClientHandle) {
        let queue = rd_kafka_queue_get_consumer(consumer.rk)
        pollQueue = queue
        committer = Committer {
            if let queue { rd_kafka_queue_yield(queue) }
        }
    }

    package func reopenProducers() throws(LogError) {
        for producer in producers { producer.close(millisecondsMax: 500) }
        producers = []
        try openProducers()
    }

    /// init_transactions of both, before anything is read: whatever a predecessor left open ends
    /// here, so that offsets and state become stable.
    private func openProducers() throws(LogError) {
        turn = 0
        for number in 0..<2 {
            let producer = try TransactionalProducer(
                configuration, number: number, clock: clock, log: log)
            counts = try producer.open()
            producers.append(producer)
        }
    }

    private var consumerProperties: [(String, String)] {
        var properties = [
            ("group.id", configuration.groupID),
            ("partition.assignment.strategy", "cooperative-sticky"),
            ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"),
            ("heartbeat.interval.ms", String(heartbeatMilliseconds)),
        ]
        if configuration.isStatic {
            properties.append(("group.instance.id", configuration.groupInstanceID))
        }
        return properties + ReadingProperties.all(configuration)
    }

    package func makeReader() throws(LogError) -> any LogReader {
        try KafkaReader(configuration, log: log)
    }

    package func makeRecoveryLog() -> (any RecoveryLog)? {
        KafkaRecoveryLog(configuration, log: log)
    }

    package func close() {
        // A commit that does not end keeps its producer, and both are left behind.
        if committer?.end(millisecondsMax: configuration.closeMillisecondsMax) == false {
            log(3, "a commit did not end in time and is left behind")
            if producers.count == 2 { producers.remove(at: turn ^ 1) }
        }
        committer = nil
        for producer in producers { producer.close() }
        producers = []
        assignment.isClosing = true
        // Its last reference but the library's own: the handle's end would wait for it.
        if let pollQueue { rd_kafka_queue_destroy(pollQueue) }
        pollQueue = nil
        // A static member only goes silent: its partitions wait for it to come back.
        client?.close(leaves: !configuration.isStatic)
        client = nil
    }
}

/// What the stream's consumer and the readers have in common.
enum ReadingProperties {
    static func all(
        _ configuration: KafkaConfiguration, fetchWaitMilliseconds: Int = 10
    ) -> [(String, String)] {
        [
            ("session.timeout.ms", String(configuration.sessionMilliseconds)),
            ("isolation.level", "read_committed"), ("enable.partition.eof", "true"),
            ("auto.offset.reset", "error"), ("allow.auto.create.topics", "false"),
            ("queued.min.messages", "1000000"),
            // How late an end is told: the broker keeps a fetch that finds nothing for so long.
            // Records end the wait at once.
            ("fetch.wait.max.ms", String(fetchWaitMilliseconds)),
            ("fetch.error.backoff.ms", "10"),
        ] + FetchWaker.properties(configuration)
    }
}
