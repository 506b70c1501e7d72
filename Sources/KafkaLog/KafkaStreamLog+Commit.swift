// One transaction. The two producers take turns, strictly: the second begins when the first one's
// commit has returned.

import CRdKafka
package import EventLog
package import EventModel

extension KafkaStreamLog {
    package func commit(
        _ transaction: borrowing TransactionBuffer, offsets: [(TopicPartition, Offset)],
        token: GroupToken
    ) throws(LogError) -> CommitReceipt {
        precondition(!offsets.isEmpty, "fencing happens through offsets alone (docs/design.md)")
        guard let membership = token.handle else {
            preconditionFailure("a token of this log has a handle")
        }
        guard producers.count == 2 else {
            throw LogError(
                operation: "commit", code: "NO_PRODUCER", reaction: .outcomeUnknown,
                message: "the producers could not be opened again", hint: "It is tried again.")
        }
        var list = PartitionList(capacity: offsets.count)
        for (partition, offset) in offsets {
            list.append(
                configuration.name(of: partition.topic), partition.partition, offset: offset)
        }
        defer { turn ^= 1 }
        return try producers[turn].commit(transaction, offsets: list, membership: membership)
    }
}
