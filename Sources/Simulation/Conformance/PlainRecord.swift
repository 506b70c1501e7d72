// Records with bytes of their own, so that a check can keep and compare what it saw after the views
// are gone.

package import EventLog
package import EventModel

/// A copy of a polled record.
package struct PlainRecord: Equatable, Sendable {
    /// A header; a nil value is a null value.
    package struct Header: Equatable, Sendable {
        package var name: String
        package var value: [UInt8]?
        package init(name: String, value: [UInt8]?) {
            self.name = name
            self.value = value
        }
    }
    package var topic: Topic
    package var partition: Partition
    package var offset: Offset
    package var appendTime: Instant
    package var key: [UInt8]?
    package var value: [UInt8]?
    package var headers: [Header]

    package init(_ record: LogRecord) {
        topic = record.topic
        partition = record.partition
        offset = record.offset
        appendTime = record.appendTime
        key = record.key.map { [UInt8]($0) }
        value = record.value.map { [UInt8]($0) }
        headers = record.headers.map {
            Header(name: $0.name.text, value: $0.value.map { [UInt8]($0) })
        }
    }

    init(
        _ place: TopicPartition, _ offset: Offset, _ appendTime: Instant, key: [UInt8]?,
        value: [UInt8]?, headers: [Header]
    ) {
        topic = place.topic
        partition = place.partition
        self.offset = offset
        self.appendTime = appendTime
        self.key = key
        self.value = value
        self.headers = headers
    }

    package var topicPartition: TopicPartition { TopicPartition(topic, partition) }
    /// Key and value as text, for records that a check numbered itself.
    package var text: String {
        func text(_ bytes: [UInt8]?) -> String {
            bytes.map { String(decoding: $0, as: UTF8.self) } ?? "null"
        }
        return "\(text(key))=\(text(value))"
    }
}

/// Calls with a view of bytes that may be absent. An empty array gives an empty view, which may
/// lack a base
/// address: implementations must not take it for a null.
func withView<Result, Failure: Error>(
    _ bytes: [UInt8]?, _ body: (ByteView?) throws(Failure) -> Result
) throws(Failure) -> Result {
    guard let bytes else { return try body(nil) }
    return try bytes.withUnsafeBufferPointer { (view) throws(Failure) in
        try body(ByteView(view))
    }
}

extension TransactionBuffer {
    /// Appends a record from arrays.
    package mutating func append(
        _ topic: Topic, _ partition: Partition, key: [UInt8]?, value: [UInt8]?,
        headers: [PlainRecord.Header] = []
    ) {
        withView(key) { key in
            withView(value) { value in
                append(topic: topic, partition: partition, key: key, value: value)
            }
        }
        for header in headers {
            Array(header.name.utf8).withUnsafeBytes { name in
                withView(header.value) { addHeader(name: name, value: $0) }
            }
        }
    }
}
