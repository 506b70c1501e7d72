// What an implementation hands to the conformance suite. One fixture is one deployment of its own:
// the suite never shares topics, groups or names between two checks.

package import EventLog

/// A fresh, empty deployment of one implementation: every topic of the contract exists but those in
/// the check's `absentTopics`; all have `ConformanceCheck.partitions` partitions and no records;
/// the
/// group has no member and no offsets. Append times come from the log itself.
package protocol LogFixture: AnyObject {
    /// How long something that must happen may take, in milliseconds. Joining a group, and losing a
    /// session, take seconds on a real broker.
    var patienceMilliseconds: Int64 { get }
    /// How long nothing must have happened before the suite believes that nothing will.
    var quietMilliseconds: Int64 { get }

    /// A stream thread, not yet opened. Streams of the same name are the same worker in two
    /// lives: the
    /// later one fences the earlier one's transactions. Each is a member of the deployment's
    /// group (dynamic).
    func makeStream(named name: String) throws -> any StreamLog
    /// A reader, a producer and an admin of the deployment, of their own (not made by a stream).
    func makeReader() throws -> any LogReader
    func makeWriter() throws -> any LogWriter
    func makeAdmin() throws -> any LogAdmin

    /// From now on the group may take this stream for dead, while the stream has not noticed. The
    /// suite stops
    /// polling it and polls the others until they own its partitions. Called by membership checks
    /// only. Where not being
    /// polled is enough (Kafka with a short max.poll.interval.ms), there is nothing to do.
    func loseSession(of stream: any StreamLog) throws
}
