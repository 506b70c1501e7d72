// An error says what the caller does next (Kafka Streams' taxonomy). It is mapped once, where the
// library answers; every switch over `reaction` is exhaustive.

/// What went wrong in a log, and what to do about it.
package struct LogError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What the caller does next.
    package enum Reaction: Sendable, Equatable {
        /// Nothing happened: the same call may be made again after a moment.
        case retry
        /// The transaction is aborted, nothing of it is visible: serve the rebalance if one is due,
        /// and decide the batch anew if the partition is still ours.
        case decideAnew
        /// The commit may or may not have happened: reopen the producers, restore, look at the
        /// head.
        case outcomeUnknown
        /// We have been replaced: drop all partitions without a commit; close, open, join again.
        case surrenderPartitions
        /// A person must act: stop with the hint.
        case stopProcess
    }

    /// What was tried, e.g. "commit", "describe topics".
    package let operation: String
    /// Kafka's or librdkafka's error name, or SQLite's, e.g. "TOPIC_AUTHORIZATION_FAILED".
    package let code: String
    package let reaction: Reaction
    /// What happened, for a person: names the thing and the cause.
    package let message: String
    /// The way out, for a person.
    package let hint: String
    /// A producer of our transactional name was opened elsewhere since ours was.
    package let isFencing: Bool

    package init(
        operation: String, code: String, reaction: Reaction, message: String, hint: String,
        isFencing: Bool = false
    ) {
        self.operation = operation
        self.code = code
        self.reaction = reaction
        self.message = message
        self.hint = hint
        self.isFencing = isFencing
    }

    package var description: String { "\(operation): \(message) (\(code)). \(hint)" }
}
