// Closing a batch: the rows of the changelog, the head and the batch record are added, and after
// the commit the same rows go to the store. The task's head moves here, not at the commit: what is
// decided while that is under way builds on it (docs/decisions/0004).

import Contracts
import Decisions
import Digests
import EventLog
import EventModel
import Store

/// A closed batch: everything that is written, and what to remember once it is.
final class ClosedBatch {
    var transaction: TransactionBuffer
    let rows: [RowChange]
    let head: TaskHead
    let headBytes: [UInt8]
    /// The batch record's bytes.
    let record: [UInt8]
    let counts: BatchCounts
    /// Its sightings, and the buckets that have left the windows with it, for the store.
    let sightings: [SightingBlock]
    let drops: [(topic: Topic, bucket: Int64)]

    init(
        transaction: consuming TransactionBuffer, rows: [RowChange], head: TaskHead,
        headBytes: [UInt8], record: [UInt8], counts: BatchCounts, sightings: [SightingBlock],
        drops: [(topic: Topic, bucket: Int64)]
    ) {
        self.sightings = sightings
        self.drops = drops
        self.transaction = transaction
        self.rows = rows
        self.head = head
        self.headBytes = headBytes
        self.record = record
        self.counts = counts
    }

    /// The buffer, for the next batch; this one is done with.
    func giveBuffer() -> TransactionBuffer {
        var buffer = TransactionBuffer()
        swap(&buffer, &transaction)
        return buffer
    }
}

extension TaskCore {
    /// Closes the open batch: its remaining timers fire, changelog, head and batch record are
    /// added. The next batch begins where it ends.
    func closeBatch() -> ClosedBatch {
        mustClose = false
        fireRemainingTimers()
        if let until = batch?.timersTo, until > head?.timersTo ?? Instant(milliseconds: 0) {
            state.expireGroups(timersTo: until, into: &effects)
            batch!.take(&effects, encoder: &encoder, layout: layout)
        }
        settleAtEnds()
        let batch = self.batch.take()!
        let recordBytes = writeBatchRecord(batch)
        let newHead = recordBytes.withUnsafeBytes { bytes in
            TaskHead(
                epoch: epoch, sequence: (head?.sequence ?? 0) + 1, positions: positions,
                timersTo: batch.timersTo, now: batch.now, clocks: windows.clocks,
                hash: SHA256.hex(of: bytes), policyDigest: policy.digest,
                partitions: layout.count(of: .state), deployment: deployment)
        }
        let headBytes = appendChangelog(batch, head: newHead)
        recordBytes.withUnsafeBytes { bytes in
            var task = String(partition.rawValue)
            task.withUTF8 {
                batch.transaction.append(
                    topic: .audit, partition: partition, key: ByteView($0), value: bytes)
            }
        }
        let rows = batch.rows
        let counts = batch.counts
        advance(to: newHead)
        return ClosedBatch(
            transaction: batch.giveBuffer(), rows: rows, head: newHead, headBytes: headBytes,
            record: recordBytes, counts: counts, sightings: windows.takePending(),
            drops: windows.drops)
    }

    private var positions: [Topic: Offset] {
        Dictionary(uniqueKeysWithValues: queues.map { ($0.topic, $0.position) })
    }

    private func writeBatchRecord(_ batch: OpenBatch) -> [UInt8] {
        var ranges: [OffsetRange] = []
        for queue in queues {
            if let lost = queue.lostBefore { ranges.append(lost) }
            ranges.append(
                OffsetRange(topic: queue.topic, from: queue.batchStart, to: queue.position))
        }
        let isFirstUnderPolicy = head?.policyDigest != policy.digest
        let record = BatchRecord(
            task: partition, epoch: epoch, sequence: (head?.sequence ?? 0) + 1, now: batch.now,
            timersTo: batch.timersTo, ranges: ranges, refused: batch.refused.ranges,
            counts: batch.counts, effects: batch.digest.finishHex(),
            policyDigest: policy.digest,
            policyText: isFirstUnderPolicy ? policy.canonicalJSON : nil,
            previous: head?.hash ?? "")
        var writer = JSONWriter(reserving: 1024)
        record.write(to: &writer)
        return writer.bytes
    }

    /// Appends the changed rows and the head to holdfast.state; gives the head's bytes.
    private func appendChangelog(_ batch: OpenBatch, head: TaskHead) -> [UInt8] {
        let prefix = Array("\(partition.rawValue)/".utf8)
        var key: [UInt8] = []
        func append(_ name: String, _ value: [UInt8]?) {
            key.removeAll(keepingCapacity: true)
            key.append(contentsOf: prefix)
            key.append(contentsOf: name.utf8)
            key.withUnsafeBytes { key in
                if let value {
                    value.withUnsafeBytes {
                        batch.transaction.append(
                            topic: .state, partition: partition, key: key, value: $0)
                    }
                } else {
                    batch.transaction.append(
                        topic: .state, partition: partition, key: key, value: nil)
                }
            }
        }
        for row in batch.rows { append(row.key, row.value) }
        var writer = JSONWriter(reserving: 512)
        head.write(to: &writer)
        let bytes = writer.bytes
        append(TaskHead.key, bytes)
        return bytes
    }

    private func advance(to newHead: TaskHead) {
        head = newHead
        for index in queues.indices {
            queues[index].batchStart = newHead.positions[queues[index].topic]!
            queues[index].lostBefore = nil
        }
    }
}
