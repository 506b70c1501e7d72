// Planted bugs. A checker that has never caught one proves nothing; each of these is a mistake that
// a worker could make, made at the seams (log, reader, settings), so that no planted bug is ever in
// the product.

/// A bug that the simulation must find.
package enum Canary: String, CaseIterable, Sendable {
    case offsetsOutsideTransaction = "offsets-outside-transaction"
    case timerBatchWithoutOffsets = "timer-batch-without-offsets"
    case idsFromCounter = "ids-from-counter"
    case windowDroppedEarly = "window-dropped-early"
    case effectsBeforeCommit = "effects-before-commit"
    case companionLeftBehind = "companion-left-behind"
    case timerFiredTwice = "timer-fired-twice"
    case endAskedBeforeStable = "end-asked-before-stable"
    case cancellationUnread = "cancellation-unread"
    case tokenAfterRejoin = "token-after-rejoin"
    case tokenBeforeTold = "token-before-told"
    case unknownIsFailure = "unknown-is-failure"
    case unknownIsSuccess = "unknown-is-success"
    case storeBeforeCommit = "store-before-commit"
    case restoreMissesTail = "restore-misses-tail"
    case abortedRowsRead = "aborted-rows-read"
    case releaseDropped = "release-dropped"
    case rewindForgotten = "rewind-forgotten"

    /// One sentence.
    package var text: String {
        switch self {
        case .offsetsOutsideTransaction: "offsets are committed beside the transaction"
        case .timerBatchWithoutOffsets: "a batch that read nothing sends no offsets"
        case .idsFromCounter: "ids of events count up instead of following from their cause"
        case .windowDroppedEarly: "the dedupe window forgets a bucket too early"
        case .effectsBeforeCommit: "events go out before the transaction commits"
        case .companionLeftBehind: "a companion topic goes on where it was delivered to, not read"
        case .timerFiredTwice: "a change takes effect twice"
        case .endAskedBeforeStable: "a restore knows its end from before the offsets were stable"
        case .cancellationUnread: "a timer does not wait for what was readable at its instant"
        case .tokenAfterRejoin: "membership is proved as of sending, after a rejoin"
        case .tokenBeforeTold: "membership is proved before it was told what was lost"
        case .unknownIsFailure: "a commit without an answer is sent again"
        case .unknownIsSuccess: "a commit without an answer is taken for done"
        case .storeBeforeCommit: "the store is written before the log has committed"
        case .restoreMissesTail: "a restore stops before the end of the changelog"
        case .abortedRowsRead: "a restore reads rows of aborted transactions"
        case .releaseDropped: "the release of a hold is not told"
        case .rewindForgotten: "delivery does not go back after an unknown outcome"
        }
    }
}
