// A batch while it is being decided: what it will write, and what it will say of itself.

import Contracts
import Decisions
import Digests
import EventLog
import EventModel

/// The unit of everything (docs/design.md): what one task writes in one transaction.
final class OpenBatch {
    /// Wall clock when the batch opened, never less than the previous batch's.
    let now: Instant
    /// Timers due at or before it take part.
    let timersTo: Instant
    /// Monotonic time of opening, for the commit interval.
    let openedAt: Int64
    var counts = BatchCounts()
    var refused = RefusedOffsets()
    /// A hold was applied, or a gate closed or opened.
    var commitsAtOnce = false
    /// Append time of the record taken last; nil before the first.
    var latestAppendTime: Instant?
    /// Rows changed, the last value of each key, in order of first change.
    var rows: [RowChange] = []
    var rowIndex: [String: Int] = [:]
    /// Everything to be written but the changelog and the batch record, which come at closing.
    var transaction: TransactionBuffer
    var digest = SHA256()

    init(now: Instant, timersTo: Instant, openedAt: Int64, transaction: consuming TransactionBuffer)
    {
        self.now = now
        self.timersTo = timersTo
        self.openedAt = openedAt
        self.transaction = transaction
    }

    /// Takes in what a decision says: encodes outbound events and signals, keeps the rows.
    func take(
        _ effects: inout Effects, encoder: inout OutboundEncoder, layout: TopicLayout
    ) {
        for event in effects.outbound {
            let value = encoder.encode(event)
            let topic = event.type.topic
            var key = event.key
            key.withUTF8 { bytes in
                let key = ByteView(bytes)
                write(topic, layout.partition(of: topic, key: key), key, value)
                transaction.addContentType()
            }
            counts.outbound += 1
        }
        for signal in effects.signals {
            var key = signal.key
            key.withUTF8 { bytes in
                signal.value.withUnsafeBytes { value in
                    let key = ByteView(bytes)
                    write(.signals, layout.partition(of: .signals, key: key), key, value)
                }
            }
            counts.signals += 1
        }
        for row in effects.rows { keep(row) }
        counts.noEffect += Int64(effects.noEffectCount)
        if effects.commitsAtOnce { commitsAtOnce = true }
        effects.reset()
    }

    /// Whether a record more, with `inHand` taken already, would make the batch larger than its
    /// limits.
    @inline(__always)
    func isFull(with inHand: Int, limits: Limits) -> Bool {
        counts.records + Int64(inHand) >= limits.batchRecordsMax
            || transaction.bytes.count >= limits.batchBytesMax
            || refused.ranges.count >= limits.batchRefusedRangesMax
    }

    /// The buffer, for the closed batch; this one is done with.
    func giveBuffer() -> TransactionBuffer {
        var buffer = TransactionBuffer()
        swap(&buffer, &transaction)
        return buffer
    }

    /// Adds one outbound record and accounts for it in the digest of the effects.
    private func write(
        _ topic: Topic, _ partition: Partition, _ key: ByteView, _ value: ByteView
    ) {
        transaction.append(topic: topic, partition: partition, key: key, value: value)
        digest.updateFramed(topic.name)
        digest.updateFramed(key)
        digest.updateFramed(value)
    }

    private func keep(_ row: RowChange) {
        if let index = rowIndex[row.key] {
            rows[index] = row
        } else {
            rowIndex[row.key] = rows.count
            rows.append(row)
        }
    }
}

/// Partition counts of the topics that we write to.
struct TopicLayout {
    private let counts: [Int32]

    init(count: (Topic) -> Int32) { counts = Topic.allCases.map(count) }

    /// Where a record of that key goes: murmur2, as Java producers do.
    func partition(of topic: Topic, key: ByteView) -> Partition {
        Partition.of(key: key, count: counts[Int(topic.rawValue)])
    }

    func count(of topic: Topic) -> Int32 { counts[Int(topic.rawValue)] }
}

extension SHA256 {
    /// Bytes preceded by their length in 4 bytes, big-endian.
    mutating func updateFramed(_ bytes: ByteView) {
        var length = UInt32(bytes.count).bigEndian
        withUnsafeBytes(of: &length) { update($0) }
        update(bytes)
    }
}

extension TransactionBuffer {
    /// The header that says that the value is a structured CloudEvent.
    mutating func addContentType() {
        let (name, value) = OutboundEncoder.contentType
        addHeader(
            name: ByteView(start: name.utf8Start, count: name.utf8CodeUnitCount),
            value: ByteView(start: value.utf8Start, count: value.utf8CodeUnitCount))
    }

    /// One of the headers that a dead letter carries besides its own.
    mutating func add(_ header: DeadLetterHeader, _ value: String) {
        var name = header.rawValue
        var value = value
        name.withUTF8 { name in
            value.withUTF8 { addHeader(name: ByteView(name), value: ByteView($0)) }
        }
    }
}
