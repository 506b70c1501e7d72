// From the library's message to a record. The bytes stay where the library put them: the message
// itself is the record's owner, and its destruction is the record's end.

import CRdKafka
import EventLog
import EventModel
import Glibc

/// Turns messages into records and takes them back.
enum RecordMaker {
    static var noHeaders: UnsafeBufferPointer<HeaderView> { .init(start: nil, count: 0) }

    /// A record over the message's own bytes. The message must be without error; the caller hands
    /// its ownership over.
    @inline(__always)
    static func record(
        _ message: UnsafeMutablePointer<rd_kafka_message_t>, _ topic: Topic
    ) -> LogRecord {
        let found = message.pointee
        var type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
        let time = rd_kafka_message_timestamp(message, &type)
        return LogRecord(
            topic: topic, partition: Partition(found.partition), offset: Offset(found.offset),
            appendTime: Instant(milliseconds: max(0, time)),
            key: found.key.map { ByteView(start: $0, count: found.key_len) },
            value: found.payload.map { ByteView(start: $0, count: found.len) },
            headers: headers(of: message), owner: UnsafeMutableRawPointer(message))
    }

    /// The headers' bytes belong to the message; only the array of views is ours, and lives until
    /// `release`. A record without headers costs one call and no memory.
    private static func headers(
        of message: UnsafeMutablePointer<rd_kafka_message_t>
    ) -> UnsafeBufferPointer<HeaderView> {
        var list: OpaquePointer?
        guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list
        else { return noHeaders }
        let count = rd_kafka_header_cnt(list)
        guard count > 0 else { return noHeaders }
        let views = UnsafeMutableBufferPointer<HeaderView>.allocate(capacity: count)
        for index in 0..<count {
            var name: UnsafePointer<CChar>?
            var value: UnsafeRawPointer?
            var size = 0
            rd_kafka_header_get_all(list, index, &name, &value, &size)
            let nameLength = name.map { strlen($0) } ?? 0
            views.initializeElement(
                at: index,
                to: HeaderView(
                    name: ByteView(start: name, count: nameLength),
                    value: value.map { ByteView(start: $0, count: size) }))
        }
        return UnsafeBufferPointer(views)
    }

    /// Ends a record: its views are dead after this.
    @inline(__always)
    static func release(_ record: LogRecord) {
        if let base = record.headers.baseAddress {
            UnsafeMutablePointer(mutating: base).deallocate()
        }
        if let owner = record.owner {
            rd_kafka_message_destroy(owner.assumingMemoryBound(to: rd_kafka_message_t.self))
        }
    }
}
