// A commit that is waited for, for tests that have nothing to do meanwhile.

package import EventLog
package import EventModel

extension StreamLog {
    /// One transaction: all records of the buffer and the offsets, or nothing.
    package func commit(
        _ transaction: borrowing TransactionBuffer, offsets: [(TopicPartition, Offset)],
        token: GroupToken
    ) throws(LogError) -> CommitReceipt {
        let request = CommitRequest()
        request.transaction.append(contentsOf: transaction)
        request.offsets = offsets
        request.token = token
        beginCommit(request)
        while true {
            if let receipt = try commitOutcome(timeoutMilliseconds: 1_000) { return receipt }
        }
    }
}
