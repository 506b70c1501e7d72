// The log as the recovery of tasks uses it (docs/decisions/0005). Apart from the stream, so that
// another thread can go through it while the stream polls and commits.

package import EventModel

/// What bringing tasks back asks of the log. Made by a stream thread, then used and closed by the
/// one thread that recovers.
package protocol RecoveryLog: AnyObject {
    /// Makes ready what the first task would wait for. What is wrong with the way to the log is
    /// told by the first question that needs it.
    func warm()

    /// The group's committed offsets of a task's inputs, stable ones only. While a predecessor's
    /// transaction is open on them it throws (retry), after a wait that another task can bear.
    func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset]

    /// A reader that reads nothing yet, until it is given back. One at a time.
    func takeReader() throws(LogError) -> any LogReader

    /// - Parameter isSpent: something failed while it was in use; it is not used again.
    func giveBack(_ reader: any LogReader, isSpent: Bool)

    /// Called now and then while there is nothing to recover: clients are looked after.
    func rest()

    func close()
}

extension StreamLog {
    /// Most logs answer at once; recovering on the stream's thread holds nobody up there.
    package func makeRecoveryLog() -> (any RecoveryLog)? { nil }
}
