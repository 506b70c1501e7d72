// What one transaction carries: records in one arena, so that a batch of thousands of records costs a few
// allocations, not thousands.

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

extension TransactionBuffer {
    /// Calls `body` with each record: topic, partition, key (empty when null) and value.
    package borrowing func forEach(_ body: (Topic, Partition, ByteView, ByteView?) -> Void) {
        bytes.withUnsafeBytes { all in
            for entry in entries {
                let key = ByteView(
                    rebasing: all[entry.keyStart..<entry.keyStart + max(0, entry.keyLength)])
                let value =
                    entry.valueLength < 0
                    ? nil
                    : ByteView(
                        rebasing: all[entry.valueStart..<entry.valueStart + entry.valueLength])
                body(entry.topic, entry.partition, key, value)
            }
        }
    }
}
