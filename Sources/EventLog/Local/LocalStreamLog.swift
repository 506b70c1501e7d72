// StreamLog over the local log. Partition p belongs to thread p % threads for good: there is one
// worker
// process, so no group, no rebalance and nobody to fence.

package import EventModel

/// One stream thread's view of the local log.
package final class LocalStreamLog: StreamLog {
    private let directory: String
    private let clock: () -> Instant
    private let mine: [Partition]
    private let database: LocalDatabase
    private let fetcher: LocalFetcher
    /// A connection of its own, made anew after an unknown outcome; the reading one lives on.
    private var appender: LocalAppender?
    private var lock: LocalWorkerLock?
    private var isAssigned = false
    /// Of a commit that was begun and not asked for.
    private var outcome: Result<CommitReceipt, LogError>?
    package let partitionCount: Int32

    /// Thread `thread` of `threads`. Every topic of the contract must exist. The clock gives
    /// append times.
    package init(
        directory: String, thread: Int, of threads: Int, clock: @escaping () -> Instant
    ) throws(LogError) {
        precondition(thread >= 0 && thread < threads, "a thread is one of its process's")
        self.directory = directory
        self.clock = clock
        database = try LocalDatabase(directory: directory)
        for topic in Topic.allCases { _ = try database.requirePartitions(of: topic, "start") }
        let count = database.partitionCount(of: .lead)
        for topic in Topic.copartitioned where database.partitionCount(of: topic) != count {
            throw LogError(
                operation: "start", code: "PARTITION_COUNTS_DIFFER", reaction: .stopProcess,
                message: "\(topic.name) has \(database.partitionCount(of: topic)) partitions, "
                    + "\(Topic.lead.name) has \(count); they must be the same",
                hint: "Compare the topics with the contract: holdfast topics check")
        }
        partitionCount = count
        mine = (0..<count).filter { Int($0) % threads == thread }.map { Partition($0) }
        fetcher = try LocalFetcher(database)
    }

    package func partitionCount(of topic: Topic) -> Int32 { database.partitionCount(of: topic) }

    package func open() throws(LogError) {
        precondition(lock == nil, "a stream is opened once")
        lock = try LocalWorkerLock(directory: directory)
        try reopenProducers()
    }

    package func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        if !isAssigned {
            isAssigned = true
            if !mine.isEmpty {
                events.append(.assigned(mine))
                return
            }
        }
        try fetcher.poll(
            &records, &events, max: max, timeoutMilliseconds: timeoutMilliseconds)
    }

    package func release(_ record: LogRecord) { fetcher.release(record) }

    package func start(
        _ partition: Partition, at positions: [Topic: Offset]
    ) throws(LogError) {
        try deliver(partition, from: positions, "start")
    }

    package func finishRevocation(_ partitions: [Partition]) throws(LogError) {
        preconditionFailure("a local log revokes nothing")
    }

    package func rewind(
        _ partition: Partition, to positions: [Topic: Offset]
    ) throws(LogError) {
        try deliver(partition, from: positions, "rewind")
    }

    private func deliver(
        _ partition: Partition, from positions: [Topic: Offset], _ operation: String
    ) throws(LogError) {
        for (topic, offset) in positions.sorted(by: { $0.key < $1.key }) {
            try fetcher.start(TopicPartition(topic, partition), at: offset, operation)
        }
    }

    package func pause(_ partition: TopicPartition) throws(LogError) {
        fetcher.setPaused(partition, true)
    }

    package func resume(_ partition: TopicPartition) throws(LogError) {
        fetcher.setPaused(partition, false)
    }

    package func stableEnd(of place: TopicPartition) throws(LogError) -> Offset {
        let partition = try database.partition(place.topic, place.partition, "end")
        return Offset(try database.end(of: partition, "end"))
    }

    package func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset] {
        let what = "committed offsets"
        let rows = try database.connection.prepare(
            "SELECT next FROM group_offsets WHERE partition = ?1", what)
        var offsets: [Topic: Offset] = [:]
        for topic in Topic.inputs {
            let place = try database.partition(topic, partition, what)
            rows.bind(1, place.id)
            if try rows.step(what) {
                offsets[topic] = try database.offset(rows.number(0), of: place, what)
            }
            rows.reset()
        }
        return offsets
    }

    package func groupToken() throws(LogError) -> GroupToken {
        GroupToken(handle: nil, generation: 0)
    }

    /// Done when it returns: a commit here takes as long as the disk does, and the file has one
    /// writer at a time.
    package func beginCommit(_ request: CommitRequest) {
        precondition(outcome == nil, "one commit is under way at a time")
        do { outcome = .success(try commit(request)) } catch { outcome = .failure(error) }
        request.token = nil
    }

    package func commitOutcome(timeoutMilliseconds: Int32) throws(LogError) -> CommitReceipt? {
        guard let told = outcome.take() else { preconditionFailure("no commit is under way") }
        return try told.get()
    }

    private func commit(_ request: CommitRequest) throws(LogError) -> CommitReceipt {
        guard let appender else { preconditionFailure("a stream is opened before it commits") }
        let done = try appender.append(request.transaction, offsets: request.offsets, "commit")
        let reportedAt = clock()
        var receipt = CommitReceipt()
        for (place, last, time) in done.written {
            if place.topic == .state { receipt.lastStateOffsets[place.partition] = last }
            if place.topic == .audit {
                receipt.clockReports.append(
                    ClockReport(
                        partition: place.partition, sentAt: done.sentAt, appendTime: time,
                        reportedAt: reportedAt))
            }
        }
        return receipt
    }

    package func makeReader() throws(LogError) -> any LogReader {
        try LocalLogReader(directory: directory)
    }

    package func reopenProducers() throws(LogError) {
        appender = nil
        appender = try LocalAppender(try LocalDatabase(directory: directory), clock: clock)
    }

    package func close() {
        fetcher.stopAll()
        appender = nil
        lock = nil
    }
}
