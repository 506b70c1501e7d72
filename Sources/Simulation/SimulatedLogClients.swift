// Reader, writer and admin of the simulated log.

package import EventLog
package import EventModel

/// Reads any partition of a simulated log.
package final class SimulatedLogReader: LogReader {
    private let log: SimulatedLog
    private var delivery = SimulatedDelivery()

    /// - Parameters:
    ///   - isArchive: it sees what retention and compaction have removed, too: a checker's reader,
    ///     not a plant's.
    ///   - readsUncommitted: it sees what was aborted, too, which no reader of ours may.
    package init(_ log: SimulatedLog, isArchive: Bool = false, readsUncommitted: Bool = false) {
        self.log = log
        delivery.isArchive = isArchive
        delivery.isolation = readsUncommitted ? .uncommitted : .committed
    }

    /// A question that is answered with an error now and then.
    private func ask(_ operation: String) throws(LogError) {
        guard !delivery.isArchive, log.faults?.isAnswerLost() == true else { return }
        throw .simulated(operation, "REQUEST_TIMED_OUT", .retry, "no answer came in time")
    }

    package func partitionCount(of topic: Topic) throws(LogError) -> Int32 {
        guard let description = log.topics[topic] else { throw .noTopic(topic, "partition count") }
        return description.partitions
    }
    package func lowWatermark(of partition: TopicPartition) throws(LogError) -> Offset {
        _ = try partitionCount(of: partition.topic)
        try ask("low watermark")
        return Offset(delivery.isArchive ? 0 : log.low(of: partition))
    }
    package func end(
        of partition: TopicPartition, isolation: Isolation
    ) throws(LogError) -> Offset {
        _ = try partitionCount(of: partition.topic)
        try ask("end")
        return Offset(log.end(of: partition, isolation: isolation))
    }
    package func offset(
        of partition: TopicPartition, at instant: Instant
    ) throws(LogError) -> Offset? {
        try ask("offset at a time")
        return log.offset(of: partition, at: instant)
    }

    package func assign(_ positions: [(TopicPartition, Offset)]) throws(LogError) {
        delivery.stopAll()
        for (place, offset) in positions {
            delivery.start(place, at: max(offset, try lowWatermark(of: place)))
        }
    }
    package func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        try ask("read")
        try delivery.poll(log, &records, &events, max: max)
        if records.isEmpty, events.isEmpty { log.onWait?(Int64(timeoutMilliseconds)) }
    }

    package func release(_ record: LogRecord) { SimulatedDelivery.release(record) }
    package func close() { delivery.stopAll() }
}

/// Writes outside of transactions, at once.
package final class SimulatedLogWriter: LogWriter {
    private let log: SimulatedLog
    package init(_ log: SimulatedLog) { self.log = log }

    package func write(
        topic: Topic, partition: Partition?, key: ByteView?, value: ByteView?,
        headers: [(name: String, value: [UInt8])]
    ) throws(LogError) {
        guard let count = log.topics[topic]?.partitions else { throw .noTopic(topic, "write") }
        let chosen = partition ?? key.map { Partition.of(key: $0, count: count) } ?? Partition(0)
        guard chosen.rawValue < count else { throw .noTopic(topic, "write") }
        let place = TopicPartition(topic, chosen)
        log.append(place, transaction: nil) { offset, time in
            PlainRecord(
                place, offset, time, key: key.map { [UInt8]($0) }, value: value.map { [UInt8]($0) },
                headers: headers.map { PlainRecord.Header(name: $0.name, value: $0.value) })
        }
    }
    package func flush() throws(LogError) {}
    package func close() {}
}

/// Topics of a simulated log.
package final class SimulatedLogAdmin: LogAdmin {
    private let log: SimulatedLog
    package init(_ log: SimulatedLog) { self.log = log }

    package func describe(_ topics: [Topic]) throws(LogError) -> [Topic: TopicDescription] {
        log.topics.filter { topics.contains($0.key) }
    }
    package func create(_ topic: Topic, as wanted: TopicDescription) throws(LogError) {
        guard log.topics[topic] == nil else {
            throw .simulated(
                "create topic", "TOPIC_ALREADY_EXISTS", .stopProcess,
                "the topic \(topic.name) exists already")
        }
        log.create(topic, wanted)
    }
    package func alter(_ topic: Topic, settings: [String: String]) throws(LogError) {
        guard log.topics[topic] != nil else { throw .noTopic(topic, "alter topic") }
        log.set(settings, of: topic)
    }
    package func close() {}
}
