// One transaction, on the committer's thread. The two producers take turns, strictly: the second
// begins when the first one's commit has ended and its outcome was told.

import CRdKafka
package import EventLog
import EventModel

extension KafkaStreamLog {
    package func beginCommit(_ request: CommitRequest) {
        precondition(!request.offsets.isEmpty, "fencing happens through offsets alone")
        precondition(request.token?.handle != nil, "a token of this log has a handle")
        guard let committer else { preconditionFailure("open() comes first") }
        guard producers.count == 2 else {
            return committer.begin {
                .failure(
                    LogError(
                        operation: "commit", code: "NO_PRODUCER", reaction: .outcomeUnknown,
                        message: "the producers could not be opened again",
                        hint: "It is tried again."))
            }
        }
        let producer = producers[turn]
        turn ^= 1
        committer.begin {
            // The token is freed here, on this thread, once it has been used.
            defer { request.token = nil }
            do throws(LogError) { return .success(try producer.commit(request)) } catch {
                return .failure(error)
            }
        }
    }

    package func commitOutcome(timeoutMilliseconds: Int32) throws(LogError) -> CommitReceipt? {
        guard let committer else { preconditionFailure("open() comes first") }
        return try committer.outcome(timeoutMilliseconds: timeoutMilliseconds)?.get()
    }
}
