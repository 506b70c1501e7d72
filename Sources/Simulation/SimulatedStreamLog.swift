// StreamLog over the simulated log: a member of its group and a transactional producer.

package import EventLog
package import EventModel

/// One simulated stream thread. Polls never wait: whoever steps the simulation moves its clock.
package final class SimulatedStreamLog: StreamLog {
    let log: SimulatedLog
    /// The transactional name: a later stream of the same name fences this one.
    package let name: String
    /// Two producers, used in turn, as KafkaLog has them.
    private var epochs = [0, 0]
    private var turn = 0
    /// Of a static member: what it is called in the group.
    private let instance: String?
    /// The worker's own clock, for clock reports.
    let clock: () -> Instant
    private(set) var member: Int?
    private var generation: Int64 = 0
    private var owned: Set<Partition> = []
    private var delivery = SimulatedDelivery()
    var faults: [SimulatedLog.Fault] = []
    /// What a fenced producer is told to do next.
    package var fencedReaction = LogError.Reaction.surrenderPartitions
    /// Its commits are taken for those of a member of now, whoever it is: a canary's stream.
    var passesFence = false
    /// So many polls go by between joining again, after the group put it out, and hearing that
    /// everything was lost: what the client library does to a static member
    /// (docs/decisions/0006).
    package var silentPolls = 0
    /// Polls until the loss is told; nil when there is none to tell.
    private var pollsUntilTold: Int?
    /// It has joined again and not heard yet what it lost.
    var isUntold: Bool { pollsUntilTold != nil }
    /// It proves its membership also with what it was not told yet: a canary's stream.
    var proof = ProofOfMembership.asTold
    /// How long the next commits take.
    package var commitDelay = SimulatedCommitDelay()
    var underWay: SimulatedCommit?

    /// - Parameters:
    ///   - instance: makes it a static member of the group.
    ///   - clock: the worker's wall clock; without one, the brokers'.
    package init(
        _ log: SimulatedLog, name: String, instance: String? = nil,
        clock: (() -> Instant)? = nil
    ) throws(LogError) {
        self.log = log
        self.name = name
        self.instance = instance
        self.clock = clock ?? { log.now }
        for topic in Topic.allCases where log.topics[topic] == nil {
            throw .noTopic(topic, "start")
        }
    }

    /// The next commit ends so; several calls queue up.
    package func failNextCommit(_ fault: SimulatedLog.Fault) { faults.append(fault) }

    /// What was to happen to commits that were never made.
    func forgetFaults() { faults.removeAll() }

    /// The producer whose turn it is, and whether it still is who it was registered as.
    func nextProducer() -> (name: String, isCurrent: Bool) {
        defer { turn ^= 1 }
        let producer = "\(name).\(turn)"
        return (producer, log.isCurrent(producer, epochs[turn]))
    }

    /// The group takes this stream for dead, which has not noticed.
    package func expireSession() { if let member { log.group.remove(member) } }

    package var partitionCount: Int32 { partitionCount(of: .lead) }
    package func partitionCount(of topic: Topic) -> Int32 { log.topics[topic]?.partitions ?? 0 }

    package func open() throws(LogError) {
        try reopenProducers()
        join()
    }

    private func join() {
        member = log.group.join(instance: instance, at: log.now)
        generation = log.group.generation
    }

    package func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        guard let member else { preconditionFailure("a stream is opened before it is polled") }
        if log.group.isFenced(member) {
            throw .simulated(
                "poll", "FENCED_INSTANCE_ID", .surrenderPartitions,
                "another process took the name \(instance ?? name)")
        }
        if !log.group.isMember(member) {
            join()
            if !owned.isEmpty { pollsUntilTold = silentPolls }
        }
        if let polls = pollsUntilTold {
            guard polls > 0 else {
                pollsUntilTold = nil
                events.append(.lost(owned.sorted()))
                return
            }
            pollsUntilTold = polls - 1
        } else if let event = log.group.event(of: member) {
            generation = log.group.generation
            if case .assigned(let gained) = event { owned.formUnion(gained) }
            events.append(event)
            return
        }
        generation = log.group.generation
        try delivery.poll(log, &records, &events, max: max)
    }

    package func release(_ record: LogRecord) { SimulatedDelivery.release(record) }

    package func start(
        _ partition: Partition, at positions: [Topic: Offset]
    ) throws(LogError) {
        for (topic, offset) in positions {
            let place = TopicPartition(topic, partition)
            let end = log.end(of: place, isolation: .uncommitted)
            guard offset.rawValue >= log.low(of: place), offset.rawValue <= end else {
                throw .simulated(
                    "start", "OFFSET_OUT_OF_RANGE", .stopProcess,
                    "\(topic.name)/\(partition.rawValue) holds no offset \(offset.rawValue)")
            }
            delivery.start(place, at: offset)
        }
    }

    package func finishRevocation(_ partitions: [Partition]) throws(LogError) {
        owned.subtract(partitions)
        for partition in partitions { delivery.stop(partition) }
        if let member { log.group.giveBack(partitions, by: member) }
    }

    package func rewind(
        _ partition: Partition, to positions: [Topic: Offset]
    ) throws(LogError) { try start(partition, at: positions) }

    package func pause(_ partition: TopicPartition) throws(LogError) {
        delivery.setPaused(partition, true)
    }
    package func resume(_ partition: TopicPartition) throws(LogError) {
        delivery.setPaused(partition, false)
    }

    package func stableEnd(of partition: TopicPartition) throws(LogError) -> Offset {
        if log.faults?.isAnswerLost() == true {
            throw .simulated("stable end", "REQUEST_TIMED_OUT", .retry, "no answer came in time")
        }
        return Offset(log.end(of: partition, isolation: .committed))
    }

    package func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset] {
        if log.isCoordinatorAway {
            throw .simulated(
                "committed offsets", "NOT_COORDINATOR", .retry, "the coordinator is moving")
        }
        guard let found = log.committedOffsets(of: partition) else {
            throw .simulated(
                "committed offsets", "UNSTABLE_OFFSET_COMMIT", .retry,
                "a transaction is open on the offsets of task \(partition.rawValue)")
        }
        return found
    }

    /// The generation this member knows of since its last poll.
    package func groupToken() throws(LogError) -> GroupToken {
        let isUntold = pollsUntilTold != nil && proof == .asTold
        return GroupToken(handle: nil, generation: isUntold ? -1 : generation)
    }

    package func makeReader() throws(LogError) -> any LogReader { SimulatedLogReader(log) }

    package func reopenProducers() throws(LogError) {
        precondition(underWay == nil, "a commit is under way")
        // As the client, which asks again for a while.
        var questions = 0
        while log.isCoordinatorAway, questions < 100, let wait = log.onWait {
            wait(100)
            questions += 1
        }
        if log.isCoordinatorAway {
            throw .simulated(
                "open transactions", "NOT_COORDINATOR", .retry, "the coordinator is moving")
        }
        for number in epochs.indices { epochs[number] = log.register("\(name).\(number)") }
        turn = 0
    }

    package func close() {
        delivery.stopAll()
        if let member { log.group.remove(member) }
        member = nil
        pollsUntilTold = nil
        // What is under way stays open, as a process leaves it that ends.
        underWay = nil
    }
}

/// What a member's token says.
enum ProofOfMembership {
    /// What the events have told.
    case asTold
    /// What the group knows.
    case asOfNow
}
