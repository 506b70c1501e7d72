// Keeps librdkafka fetching while a backlog is read.
//
//   1. The fetch queue is full, so the broker's thread goes to sleep: for a second, or until
//      something else wants it.
//   2. We read the queue empty in a fifth of that.
//   3. We stand still until the second is over.
//
// So a reader was never faster than one queue a second, whatever it could do. Since 2.2 the library
// has a property for that sleep (fetch.queue.backoff.ms); before, nothing in its interface says
// "fetch again", and what we have is one call that wakes every broker's thread: credentials set
// anew. Where SASL is in use they would be credentials indeed, and we keep our hands off.

import CRdKafka

/// Wakes the library's fetching when a share of its queue was taken. Used by one thread.
struct FetchWaker {
    /// The queue of a reader, in kilobytes: small enough that what is in it is still in the
    /// processor's cache and its memory is used again, large enough for some fetches.
    private static let queueKilobytes = 32_768
    /// Where nothing can wake the library: what is read in a second has to fit.
    private static let queueKilobytesAsleep = 131_072
    /// So much is taken between two calls, in bytes.
    private static let takenBytesMax = 2_097_152
    /// fetch.queue.backoff.ms where there is such a property.
    private static let backoffMilliseconds = 5

    private let isNeeded: Bool
    private var taken = 0

    init(_ configuration: KafkaConfiguration) {
        isNeeded = !Self.hasBackoff && !configuration.usesSasl
    }

    /// A record of that many bytes was polled.
    @inline(__always)
    mutating func took(_ bytes: Int, from client: ClientHandle) {
        taken += bytes
        if taken >= Self.takenBytesMax { wake(client) }
    }

    private mutating func wake(_ client: ClientHandle) {
        taken = 0
        guard isNeeded else { return }
        if let error = rd_kafka_sasl_set_credentials(client.rk, "", "") {
            rd_kafka_error_destroy(error)
        }
    }

    /// What a reader's queue holds, and how soon it is looked at again when it was full.
    static func properties(_ configuration: KafkaConfiguration) -> [(String, String)] {
        guard hasBackoff || !configuration.usesSasl else {
            return [("queued.max.messages.kbytes", String(queueKilobytesAsleep))]
        }
        let queue = [("queued.max.messages.kbytes", String(queueKilobytes))]
        return hasBackoff
            ? queue + [("fetch.queue.backoff.ms", String(backoffMilliseconds))] : queue
    }

    /// 2.2.0 and later.
    private static let hasBackoff = rd_kafka_version() >= 0x0202_0000
}

extension KafkaConfiguration {
    /// Whether connections are opened with SASL.
    fileprivate var usesSasl: Bool {
        (properties["security.protocol"] ?? "").lowercased().hasPrefix("sasl")
    }
}
