// Threads of librdkafka 2.0.2 that sleep too long around a rebalance, and how they are woken. Seen
// on the product: half a second without records for the tasks that stay, and a second until the
// group had moved on.

import CRdKafka
import EventLog
import EventModel

extension KafkaStreamLog {
    /// A rebalance callback was answered: what stays is fetched again.
    ///
    /// 1. While a callback waits, the library pauses every partition of the member. 2. The thread
    /// that fetches finds nothing to fetch and goes to sleep, for a second (rd_kafka_max_block_ms)
    /// or until its socket or its queue has something. 3. The answer resumes the partitions and
    /// tells that thread nothing. So it is asked something: where the inputs end, of each leader
    /// once.
    func wakeFetching() {
        guard !assignment.started.isEmpty else { return }
        var list = PartitionList(capacity: assignment.started.count)
        for partition in assignment.started.sorted() {
            list.append(configuration.name(of: .lead), partition, offset: Offset(.max))
        }
        // What comes back says nothing to us, nor does it when nothing comes.
        _ = rd_kafka_offsets_for_times(consumer.rk, list.pointer, Self.wakingMillisecondsMax)
    }

    /// How long the stream thread waits for the answer at most, in milliseconds.
    private static var wakingMillisecondsMax: Int32 { 50 }

    /// A poll found nothing: the library's main thread, which wakes twice a second by itself, is
    /// made to look whether a heartbeat is due. The answer to one tells of a rebalance, and the
    /// group's next generation waits for its last member to hear of it.
    func wakeHeartbeat() {
        let now = Monotonic.milliseconds()
        guard now - heartbeatWokenAt >= Int64(heartbeatMilliseconds) else { return }
        heartbeatWokenAt = now
        if let metadata = rd_kafka_consumer_group_metadata(consumer.rk) {
            rd_kafka_consumer_group_metadata_destroy(metadata)
        }
    }

    /// heartbeat.interval.ms: how late a member hears of a rebalance. A round of the group takes as
    /// long as its slowest member takes to hear of it, a cooperative rebalance has two, and a
    /// heartbeat costs the coordinator some microseconds.
    var heartbeatMilliseconds: Int { min(200, configuration.sessionMilliseconds / 4) }

    /// A member that has just joined, and was given nothing yet, takes part in the round in which
    /// the others give something up.
    ///
    /// 1. It joins; the others hear of it and join again. 2. The new generation takes partitions
    /// away, gives none out, and who gives up joins once more. 3. The group waits for all others to
    /// do so, but the library lets a second between two joins pass (rkcg_join_intvl), unless it has
    /// a reason of its own. A subscription, also to the same topic, is such a reason.
    func joinNextRound(given partitions: [Partition]) {
        defer { hasJoined = true }
        guard !hasJoined, partitions.isEmpty, !assignment.isClosing else { return }
        do { try subscribe() } catch { log(4, error.description) }
    }
}
