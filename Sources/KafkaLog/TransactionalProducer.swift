// One transactional producer: one transaction, from begin to commit, and what to do when it breaks.
// Two of these are used in turn (KafkaStreamLog+Commit): a transaction right behind another of the
// same id waits 20-100 ms for the coordinator (facts in docs/architecture.md).

import CRdKafka
import EventLog
import EventModel
import Glibc

/// A producer with a transactional id. After `outcomeUnknown` it must be thrown away.
final class TransactionalProducer {
    private let client: ClientHandle
    private let configuration: KafkaConfiguration
    private let clock: () -> Instant
    private var receipt = CommitReceipt()
    private var auditSentAt: [Partition: Instant] = [:]
    /// A record was called delivered without an offset: the transaction may lack it.
    private var isDoubtful = false
    /// The first record that was not written, by topic.
    private var failed: (code: rd_kafka_resp_err_t, topic: Topic?)?

    /// Opens the producer: registers its id, fencing whoever has it and ending what it left open.
    /// - Returns through `counts` the partition counts of all topics.
    init(
        _ configuration: KafkaConfiguration, number: Int, clock: @escaping () -> Instant,
        log: @escaping KafkaLogLine
    ) throws(LogError) {
        self.configuration = configuration
        self.clock = clock
        client = try ClientHandle(
            RD_KAFKA_PRODUCER,
            own: [
                ("transactional.id", configuration.transactionalID(number)),
                ("transaction.timeout.ms", String(configuration.sessionMilliseconds)),
                // 2, not 100: AddOffsetsToTxn right after EndTxn is retried after this time.
                ("retry.backoff.ms", "2"),
                // Records go out while the offsets are sent, before the commit flushes. Those of a
                // backlog gather all the same, until their partitions are in the transaction.
                ("linger.ms", "0"),
                ("queue.buffering.max.messages", "2000000"),
                ("queue.buffering.max.kbytes", "1048576"),
                // The broker's max.message.bytes decides; dead letters exceed the inputs' limit.
                ("message.max.bytes", "16777216"),
            ], configuration, log: log)
        client.context.onDelivery = { [unowned self] in delivered($0) }
    }

    /// First contact, then init_transactions, then every topic's metadata (else the first record to
    /// each waits up to a second).
    func open() throws(LogError) -> [Topic: Int32] {
        let counts = try client.requiredCounts(of: Topic.allCases, "open producer")
        let deadline = Monotonic.milliseconds() + configuration.stableOffsetsMillisecondsMax
        while let error = rd_kafka_init_transactions(client.rk, 5_000) {
            defer { rd_kafka_error_destroy(error) }
            let mapped = mapping(of: error, "open transactions")
            guard rd_kafka_error_is_retriable(error) != 0, Monotonic.milliseconds() < deadline
            else { throw mapped }
        }
        return counts
    }

    /// - Parameter millisecondsMax: less than the configured bound, for a producer that is given
    /// up:
    ///   its successor's init_transactions fences it, so nobody needs to wait for its end.
    func close(millisecondsMax: Int64? = nil) { client.close(millisecondsMax: millisecondsMax) }

    /// How long a commit or an abort may take. The library recommends -1, which waits as long as
    /// the brokers stay away (seen: 53 s), because after a timeout both sides may see a different
    /// state; ours is never used again then: the outcome is unknown and the handle is thrown away.
    /// Records time out with the transaction.
    private var endMillisecondsMax: Int32 { Int32(configuration.sessionMilliseconds * 2) }

    /// One transaction, or nothing of it.
    func commit(_ request: CommitRequest) throws(LogError) -> CommitReceipt {
        guard let membership = request.token?.handle else {
            preconditionFailure("a token of this log has a handle")
        }
        var offsets = PartitionList(capacity: request.offsets.count)
        for (partition, offset) in request.offsets {
            offsets.append(
                configuration.name(of: partition.topic), partition.partition, offset: offset)
        }
        receipt = CommitReceipt()
        auditSentAt.removeAll(keepingCapacity: true)
        failed = nil
        isDoubtful = false
        if let error = rd_kafka_begin_transaction(client.rk) { throw giveUp(error, "begin") }
        try produceAll(request.transaction)
        try send(offsets, membership)
        // The commit would wait for them as well, and ask nothing.
        rd_kafka_flush(client.rk, endMillisecondsMax)
        if isDoubtful { throw abort(because: mapping(of: failed!.code, "produce")) }
        if let error = rd_kafka_commit_transaction(client.rk, endMillisecondsMax) {
            if rd_kafka_error_txn_requires_abort(error) != 0 { throw giveUp(error, "commit") }
            throw unknown(error, "commit")
        }
        rd_kafka_poll(client.rk, 0)
        return receipt
    }

    // MARK: - Records

    private func produceAll(_ buffer: borrowing TransactionBuffer) throws(LogError) {
        var code = RD_KAFKA_RESP_ERR_NO_ERROR
        var topic = Topic.audit
        buffer.bytes.withUnsafeBytes { bytes in
            for entry in buffer.entries {
                if entry.topic == .audit { auditSentAt[entry.partition] = clock() }
                repeat {
                    code = produce(entry, buffer.headers, bytes)
                    // The queue is full of records under way: hearing of them makes room.
                    if code == RD_KAFKA_RESP_ERR__QUEUE_FULL { rd_kafka_poll(client.rk, 10) }
                } while code == RD_KAFKA_RESP_ERR__QUEUE_FULL
                guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
                    topic = entry.topic
                    return
                }
            }
        }
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        if failed == nil { failed = (code, topic) }
        throw abort(because: mapping(of: code, "produce"))
    }

    private func produce(
        _ entry: TransactionBuffer.Entry, _ headers: [TransactionBuffer.HeaderEntry],
        _ bytes: UnsafeRawBufferPointer
    ) -> rd_kafka_resp_err_t {
        let key = pointer(bytes, entry.keyStart, entry.keyLength)
        let value = pointer(bytes, entry.valueStart, entry.valueLength)
        let topic = client.handle(of: entry.topic)
        guard entry.headerCount > 0 else {
            let result = rd_kafka_produce(
                topic, entry.partition.rawValue, RD_KAFKA_MSG_F_COPY,
                UnsafeMutableRawPointer(mutating: value), max(0, entry.valueLength), key,
                max(0, entry.keyLength), nil)
            return result == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error()
        }
        let list = rd_kafka_headers_new(entry.headerCount)
        for header in headers[entry.headerStart..<entry.headerStart + entry.headerCount] {
            rd_kafka_header_add(
                list,
                pointer(bytes, header.nameStart, header.nameLength)?
                    .assumingMemoryBound(to: CChar.self), header.nameLength,
                pointer(bytes, header.valueStart, header.valueLength), max(0, header.valueLength))
        }
        let code = holdfast_produce_with_headers(
            client.rk, topic, entry.partition.rawValue, key, max(0, entry.keyLength), value,
            max(0, entry.valueLength), list)
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { rd_kafka_headers_destroy(list) }
        return code
    }

    /// Nil for a null (length -1). An empty one must have an address: nil would make it a null.
    private func pointer(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ length: Int
    ) -> UnsafeRawPointer? {
        guard length >= 0 else { return nil }
        return bytes.baseAddress.map { $0 + start } ?? ProducedBytes.empty
    }

    /// Called for every record, while we poll or commit, on our thread.
    private func delivered(_ message: UnsafePointer<rd_kafka_message_t>) {
        let found = message.pointee
        guard found.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
            // What an abort purges is no cause of anything.
            if failed == nil, found.err != RD_KAFKA_RESP_ERR__PURGE_QUEUE,
                found.err != RD_KAFKA_RESP_ERR__PURGE_INFLIGHT
            {
                failed = (found.err, client.topic(of: found.rkt))
            }
            return
        }
        // Delivered, and nobody knows where: the broker took it for a duplicate. It may be one
        // whose answer was lost, or one that never got in because a later request did
        // (KafkaWriter).
        guard found.offset >= 0 else {
            isDoubtful = true
            failed = (RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER, client.topic(of: found.rkt))
            return
        }
        if found.rkt == client.handle(of: .state) {
            let partition = Partition(found.partition)
            let last = receipt.lastStateOffsets[partition]?.rawValue ?? -1
            if found.offset > last { receipt.lastStateOffsets[partition] = Offset(found.offset) }
        } else if found.rkt == client.handle(of: .audit) {
            reportClock(message, Partition(found.partition))
        }
    }

    /// The broker's clock between our sending and our hearing (design rule 3). Only LogAppendTime
    /// says anything about it.
    private func reportClock(
        _ message: UnsafePointer<rd_kafka_message_t>, _ partition: Partition
    ) {
        var type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = rd_kafka_message_timestamp(message, &type)
        guard type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME, let sentAt = auditSentAt[partition]
        else { return }
        receipt.clockReports.removeAll { $0.partition == partition }
        receipt.clockReports.append(
            ClockReport(
                partition: partition, sentAt: sentAt, appendTime: Instant(milliseconds: time),
                reportedAt: clock()))
    }

    // MARK: - Offsets, failures

    /// Retriable but not resumable: the same arguments again, within the session.
    private func send(
        _ offsets: borrowing PartitionList, _ membership: OpaquePointer
    ) throws(LogError) {
        let deadline = Monotonic.milliseconds() + Int64(configuration.sessionMilliseconds)
        while let error = rd_kafka_send_offsets_to_transaction(
            client.rk, offsets.pointer, membership,
            Int32(configuration.sessionMilliseconds / 2))
        {
            if rd_kafka_error_txn_requires_abort(error) == 0,
                rd_kafka_error_is_fatal(error) == 0,
                rd_kafka_error_is_retriable(error) != 0, Monotonic.milliseconds() < deadline
            {
                rd_kafka_error_destroy(error)
                continue
            }
            throw giveUp(error, "send offsets")
        }
    }

    /// An error before the commit request: abort, unless the producer itself is broken. Order of
    /// the questions: requires abort, retriable, fatal (rdkafka.h).
    private func giveUp(_ error: OpaquePointer, _ operation: String) -> LogError {
        if rd_kafka_error_is_fatal(error) != 0 { return unknown(error, operation) }
        defer { rd_kafka_error_destroy(error) }
        return abort(because: mapping(of: error, operation))
    }

    /// Aborts. Nothing of the transaction is visible then: the batch may be decided anew, unless a
    /// person has to act first.
    private func abort(because cause: LogError) -> LogError {
        if let error = rd_kafka_abort_transaction(client.rk, endMillisecondsMax) {
            return unknown(error, "abort after \(cause.operation)")
        }
        let reaction: LogError.Reaction =
            switch cause.reaction {
            case .stopProcess: .stopProcess
            case .surrenderPartitions: .surrenderPartitions
            case .retry, .decideAnew, .outcomeUnknown: .decideAnew
            }
        return LogError(
            operation: cause.operation, code: cause.code, reaction: reaction,
            message: cause.message, hint: cause.hint, isFencing: cause.isFencing)
    }

    /// The broker may have committed: only the log knows. Consumes the error.
    private func unknown(_ error: OpaquePointer, _ operation: String) -> LogError {
        defer { rd_kafka_error_destroy(error) }
        // The error's own code: a record that failed earlier is not why the handle is broken.
        let code = rd_kafka_error_code(error)
        let cause = LogError.kafka(
            code, operation, configuration, detail: String(cString: rd_kafka_error_string(error)))
        let needsPerson = LogError.needsPerson(code)
        return LogError(
            operation: operation, code: cause.code,
            reaction: needsPerson ? .stopProcess : .outcomeUnknown, message: cause.message,
            hint: needsPerson
                ? cause.hint : "The producer is opened again and the log decides what happened.",
            isFencing: cause.isFencing)
    }

    private func mapping(of error: OpaquePointer, _ operation: String) -> LogError {
        let code = rd_kafka_error_code(error)
        let text = String(cString: rd_kafka_error_string(error))
        // The delivery report knows the topic and the reason; the transaction's error only that
        // something was not delivered.
        rd_kafka_poll(client.rk, 0)
        if let failed {
            return .kafka(
                failed.code, operation, configuration,
                target: failed.topic.map(configuration.name(of:)), detail: text)
        }
        return .kafka(code, operation, configuration, detail: text)
    }

    private func mapping(of code: rd_kafka_resp_err_t, _ operation: String) -> LogError {
        // `__STATE` here: the transaction broke under us; its cause came by another way.
        var fatal = [CChar](repeating: 0, count: 512)
        let cause = rd_kafka_fatal_error(client.rk, &fatal, fatal.count)
        if cause != RD_KAFKA_RESP_ERR_NO_ERROR {
            return .kafka(cause, operation, configuration, detail: String(fatal))
        }
        return .kafka(
            code, operation, configuration,
            target: failed?.topic.map(configuration.name(of:)))
    }
}

/// An address for bytes that are empty, which is not the same as null.
enum ProducedBytes {
    private static let storage = UInt(bitPattern: malloc(1))
    static var empty: UnsafeRawPointer? { UnsafeRawPointer(bitPattern: storage) }
}
