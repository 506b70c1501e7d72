// Polling and asking: records, ends, offsets, membership.

import CRdKafka
package import EventLog
package import EventModel
import Glibc

extension KafkaStreamLog {
    package func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        if let error = pendingError {
            pendingError = nil
            throw error
        }
        if takeEvents(into: &events) { return }
        var timeout = timeoutMilliseconds
        var taken = 0
        while taken < max {
            let message = rd_kafka_consumer_poll(consumer.rk, timeout)
            if !pendingEvents.isEmpty {
                // The callback ran in this very call, before the message, which may be of a
                // partition that is leaving: only records that are still delivered pass.
                if let message { try accept(message, &records, &events, &taken) }
                _ = takeEvents(into: &events)
                return
            }
            guard let message else {
                if taken == 0 { wakeHeartbeat() }
                return
            }
            let told = events.count
            try accept(message, &records, &events, &taken)
            if events.count > told || pendingError != nil { return }
            timeout = 0
        }
    }

    private func takeEvents(into events: inout [LogEvent]) -> Bool {
        guard !pendingEvents.isEmpty else { return false }
        events.append(contentsOf: pendingEvents)
        pendingEvents.removeAll(keepingCapacity: true)
        return true
    }

    /// Takes a message over: it becomes a record, an event or an error, and is destroyed in the
    /// latter cases after its last read.
    @inline(__always)
    private func accept(
        _ message: UnsafeMutablePointer<rd_kafka_message_t>,
        _ records: inout ContiguousArray<LogRecord>, _ events: inout [LogEvent],
        _ taken: inout Int
    ) throws(LogError) {
        let found = message.pointee
        if found.err == RD_KAFKA_RESP_ERR_NO_ERROR {
            guard assignment.isDelivering(found.partition),
                let topic = consumer.topic(of: found.rkt)
            else {
                rd_kafka_message_destroy(message)
                return
            }
            records.append(RecordMaker.record(message, topic))
            taken += 1
            fetching.took(found.len, from: consumer)
            return
        }
        defer { rd_kafka_message_destroy(message) }
        guard found.err != RD_KAFKA_RESP_ERR__PARTITION_EOF else {
            guard assignment.isDelivering(found.partition),
                let topic = consumer.topic(of: found.rkt)
            else { return }
            events.append(
                .reachedEnd(
                    TopicPartition(topic, Partition(found.partition)), Offset(found.offset)))
            return
        }
        guard let error = consumerError(message) else { return }
        // Records before it are handed over first.
        if taken > 0 { pendingError = error } else { throw error }
    }

    /// What a consumer's error means; nil when the library mends it and tells us otherwise.
    private func consumerError(
        _ message: UnsafeMutablePointer<rd_kafka_message_t>
    ) -> LogError? {
        let found = message.pointee
        let text = rd_kafka_message_errstr(message).map { String(cString: $0) } ?? ""
        let topic = consumer.topic(of: found.rkt)
        switch found.err {
        case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
            // It has left the group; `.lost` follows, then we join again by polling.
            log(3, "polled too late: \(text)")
            return nil
        case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
            let partition = topic.map { TopicPartition($0, Partition(max(0, found.partition))) }
            let low = partition.flatMap { try? watermarks(of: $0).low.rawValue }
            return .kafka(
                found.err, "poll", configuration,
                target: partition.map { configuration.text(of: $0) },
                detail: "\(text), asked for offset \(found.offset); the oldest record there is"
                    + " \(low.map(String.init) ?? "unknown")")
        case RD_KAFKA_RESP_ERR__FATAL:
            var fatal = [CChar](repeating: 0, count: 512)
            let cause = rd_kafka_fatal_error(consumer.rk, &fatal, fatal.count)
            let error = LogError.kafka(cause, "poll", configuration, detail: String(fatal))
            // Another process of our name, or our own earlier join, whose answer was lost.
            let isTaken = cause == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID
            return LogError(
                operation: "poll", code: error.code,
                reaction: isTaken ? .surrenderPartitions : .stopProcess, message: error.message,
                hint: error.hint)
        default:
            let error = LogError.kafka(
                found.err, "poll", configuration,
                target: topic.map { configuration.name(of: $0) }, detail: text)
            if error.reaction == .stopProcess { return error }
            log(4, error.description)
            return nil
        }
    }

    package func release(_ record: LogRecord) { RecordMaker.release(record) }

    // MARK: - Asking

    private func watermarks(
        of partition: TopicPartition
    ) throws(LogError) -> (low: Offset, high: Offset) {
        try consumer.watermarks(of: partition)
    }

    package func stableEnd(of partition: TopicPartition) throws(LogError) -> Offset {
        try watermarks(of: partition).high
    }

    package func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset] {
        try consumer.groupOffsets(
            of: partition, millisecondsMax: configuration.stableOffsetsMillisecondsMax)
    }

    package func groupToken() throws(LogError) -> GroupToken {
        guard let metadata = rd_kafka_consumer_group_metadata(consumer.rk) else {
            throw LogError(
                operation: "read membership", code: "NO_GROUP", reaction: .stopProcess,
                message: "the consumer has no group", hint: "This is a defect of Holdfast.")
        }
        let now = Membership(of: metadata)
        return GroupToken(
            handle: metadata, generation: assignment.membership.proves(now) ? now.generation : -1,
            onRelease: { rd_kafka_consumer_group_metadata_destroy($0) })
    }

    /// What the group knows us as at this moment.
    func membershipNow() -> Membership {
        guard let metadata = rd_kafka_consumer_group_metadata(consumer.rk) else { return .none }
        defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
        return Membership(of: metadata)
    }
}

extension Membership {
    /// librdkafka tells generation and member id only in the form it writes metadata in: 7 bytes
    /// "CGMDv2:", the generation in the machine's own order, then the group's name and the member
    /// id, each ended by a zero (rdkafka_cgrp.c).
    fileprivate init(of metadata: OpaquePointer) {
        self = .none
        var buffer: UnsafeMutableRawPointer?
        var size = 0
        if let error = rd_kafka_consumer_group_metadata_write(metadata, &buffer, &size) {
            rd_kafka_error_destroy(error)
            return
        }
        guard let buffer else { return }
        defer { rd_kafka_mem_free(nil, buffer) }
        let bytes = ByteView(start: buffer, count: size)
        guard size >= 11, ByteView(rebasing: bytes[0..<7]).isSame(as: "CGMDv2:") else { return }
        let texts = bytes[11...].split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
        guard texts.count == 3 else { return }
        generation = Int64(bytes.loadUnaligned(fromByteOffset: 7, as: Int32.self))
        member = String(decoding: texts[1], as: UTF8.self)
    }
}
