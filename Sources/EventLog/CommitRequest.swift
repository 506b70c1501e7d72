// What one commit carries, handed over to the log as a whole: the caller decides its next batch
// while the log works on this one (docs/decisions/0004).

package import EventModel

/// Records, offsets and proof of membership of one transaction. From `beginCommit` until
/// `commitOutcome` has told the outcome it belongs to the log, which may read it on another
/// thread; after that it is the caller's again, to be filled anew.
package final class CommitRequest {
    /// The records to write, in order.
    package var transaction = TransactionBuffer()
    /// The consumed offsets: fencing happens through them alone (docs/design.md).
    package var offsets: [(TopicPartition, Offset)] = []
    /// Membership when the oldest batch in it began; the log lets go of it with the outcome.
    package var token: GroupToken?

    package init() {}

    /// Empty again, its memory kept.
    package func reset() {
        transaction.reset()
        offsets.removeAll(keepingCapacity: true)
        token = nil
    }
}
