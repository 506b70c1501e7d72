// A refused record goes to holdfast.dead-letters whole: raw key, value and headers, and why
// (docs/events.md, Dead letters). Nothing is lost.

import Contracts
import EventLog
import EventModel

extension OpenBatch {
    /// Appends the record as a dead letter.
    func addDeadLetter(
        _ record: borrowing LogRecord, _ rejection: Rejection, task: Partition,
        layout: TopicLayout
    ) {
        let partition =
            record.key.map { layout.partition(of: .deadLetters, key: $0) }
            ?? Partition(task.rawValue % layout.count(of: .deadLetters))
        transaction.append(
            topic: .deadLetters, partition: partition, key: record.key, value: record.value)
        for header in record.headers where !header.name.starts(with: "hf_".utf8) {
            transaction.addHeader(name: header.name, value: header.value)
        }
        transaction.add(.reason, rejection.reason.rawValue)
        transaction.add(.detail, rejection.detail)
        transaction.add(.topic, record.topic.name)
        transaction.add(.partition, String(record.partition.rawValue))
        transaction.add(.offset, String(record.offset.rawValue))
        transaction.add(.task, String(task.rawValue))
        transaction.add(.version, Product.version)
        refused.add(record.offset, of: record.topic)
        counts.refused += 1
    }
}

/// What this product calls itself.
package enum Product {
    package static let version = "0.1.0"
}
