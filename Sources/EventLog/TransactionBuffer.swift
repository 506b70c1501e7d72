// What one transaction carries: records in one arena, so that a batch of thousands of records costs
// a few allocations, not thousands.

package import EventModel

/// Records to write in one transaction, in order.
package struct TransactionBuffer: ~Copyable {
    /// One record: ranges into `bytes`. A value length of -1 is a null value (a tombstone).
    package struct Entry: Sendable {
        package var topic: Topic
        package var partition: Partition
        package var keyStart: Int
        package var keyLength: Int
        package var valueStart: Int
        package var valueLength: Int
        package var headerStart: Int
        package var headerCount: Int
    }
    /// A header: ranges into `bytes`; a length of -1 is a null value.
    package struct HeaderEntry: Sendable {
        package var nameStart: Int
        package var nameLength: Int
        package var valueStart: Int
        package var valueLength: Int
    }

    package private(set) var entries: [Entry] = []
    package private(set) var headers: [HeaderEntry] = []
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    package mutating func reset() {
        entries.removeAll(keepingCapacity: true)
        headers.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Appends a record. A nil key is a null key, a nil value a tombstone.
    package mutating func append(
        topic: Topic, partition: Partition, key: ByteView?, value: ByteView?
    ) {
        let keyStart = bytes.count
        if let key { bytes.append(contentsOf: key) }
        let valueStart = bytes.count
        if let value { bytes.append(contentsOf: value) }
        entries.append(
            Entry(
                topic: topic, partition: partition, keyStart: keyStart,
                keyLength: key?.count ?? -1, valueStart: valueStart,
                valueLength: value?.count ?? -1, headerStart: headers.count, headerCount: 0))
    }

    /// Adds a header to the record appended last.
    package mutating func addHeader(name: ByteView, value: ByteView?) {
        precondition(!entries.isEmpty, "a header belongs to a record")
        let nameStart = bytes.count
        bytes.append(contentsOf: name)
        let valueStart = bytes.count
        if let value { bytes.append(contentsOf: value) }
        headers.append(
            HeaderEntry(
                nameStart: nameStart, nameLength: name.count, valueStart: valueStart,
                valueLength: value?.count ?? -1))
        entries[entries.count - 1].headerCount += 1
    }
}

extension TransactionBuffer {
    /// Appends everything of another buffer, in order.
    package mutating func append(contentsOf other: borrowing TransactionBuffer) {
        let byteBase = bytes.count
        let headerBase = headers.count
        bytes.append(contentsOf: other.bytes)
        for var entry in other.entries {
            entry.keyStart += byteBase
            entry.valueStart += byteBase
            entry.headerStart += headerBase
            entries.append(entry)
        }
        for var header in other.headers {
            header.nameStart += byteBase
            header.valueStart += byteBase
            headers.append(header)
        }
    }
}

/// A record of a buffer, as views into it.
package struct BufferedRecord {
    package let topic: Topic
    package let partition: Partition
    package let key: ByteView?
    package let value: ByteView?
    private let headers: ArraySlice<TransactionBuffer.HeaderEntry>
    private let bytes: ByteView

    fileprivate init(
        _ entry: TransactionBuffer.Entry, headers: [TransactionBuffer.HeaderEntry],
        bytes: ByteView
    ) {
        topic = entry.topic
        partition = entry.partition
        key = Self.view(bytes, entry.keyStart, entry.keyLength)
        value = Self.view(bytes, entry.valueStart, entry.valueLength)
        self.headers = headers[entry.headerStart..<entry.headerStart + entry.headerCount]
        self.bytes = bytes
    }

    /// Calls `body` with each header, in order.
    package func forEachHeader(_ body: (ByteView, ByteView?) -> Void) {
        for header in headers {
            let name = Self.view(bytes, header.nameStart, header.nameLength)
            body(name ?? bytes, Self.view(bytes, header.valueStart, header.valueLength))
        }
    }

    private static func view(_ bytes: ByteView, _ start: Int, _ length: Int) -> ByteView? {
        length < 0 ? nil : ByteView(rebasing: bytes[start..<start + length])
    }
}

extension TransactionBuffer {
    /// Calls `body` with each record, in order; views are valid during the call.
    package borrowing func forEach(_ body: (BufferedRecord) -> Void) {
        bytes.withUnsafeBytes { all in
            for entry in entries {
                body(BufferedRecord(entry, headers: headers, bytes: all))
            }
        }
    }
}
