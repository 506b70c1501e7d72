// Rebalances. The group knows only the lead topic; the companions (same partition number of the
// other inputs) are assigned and unassigned along with it.
//
// The group's assign is answered at once, with an empty incremental_assign inside the callback, so
// that a long restore holds nobody up; what is fetched is added partition by partition in `start`.
// The group's revoke is answered in `finishRevocation`, after the caller has committed or dropped
// its batch: librdkafka waits for it (join state wait-unassign-call), heartbeats go on meanwhile.

import CRdKafka
package import EventLog
package import EventModel

extension KafkaStreamLog {
    /// The rebalance callback: runs inside our poll, on our thread.
    func rebalanced(
        _ code: rd_kafka_resp_err_t,
        _ list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) {
        let partitions = leadPartitions(of: list)
        // The poll shall return now: what it would deliver next may belong to nobody.
        rd_kafka_yield(consumer.rk)
        let continuity = assignment.membership.hear(membershipNow())
        switch code {
        case RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS:
            let kept = continuity == .replaced ? assignment.owned : []
            joinNextRound(given: partitions)
            change("assign", PartitionList(), with: rd_kafka_incremental_assign)
            wakeFetching()
            if !kept.isEmpty { lose(kept, keeping: kept) }
            assignment.owned.formUnion(partitions)
            let gained = kept.union(partitions)
            if !gained.isEmpty { pendingEvents.append(.assigned(gained.sorted())) }
        case RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS:
            // Asked before anything is unassigned, which resets it.
            let isLost = rd_kafka_assignment_lost(consumer.rk) != 0
            assignment.awaitsRevocation = true
            guard !assignment.isClosing else {
                assignment.leaving.formUnion(partitions)
                return unassign(partitions)
            }
            let kept = continuity == .replaced ? assignment.owned.subtracting(partitions) : []
            if partitions.isEmpty, kept.isEmpty {
                unassign([])
            } else if isLost || continuity != .unbroken {
                lose(kept.union(partitions), keeping: kept)
                if !kept.isEmpty { pendingEvents.append(.assigned(kept.sorted())) }
            } else {
                leave(partitions)
                pendingEvents.append(.revoked(partitions))
            }
        default:
            rd_kafka_assign(consumer.rk, nil)
        }
    }

    /// Nothing of these is passed on any more, and none of them is ours at the moment.
    /// - Parameter kept: those that the group gave us again, as another member.
    private func lose(_ partitions: Set<Partition>, keeping kept: Set<Partition>) {
        if !kept.isEmpty {
            log(
                4,
                "the group had put this member out: \(kept.count) partitions that it gave back"
                    + " are recovered anew")
        }
        assignment.returning = kept
        leave(partitions.sorted())
        pendingEvents.append(.lost(partitions.sorted()))
    }

    private func leave(_ partitions: [Partition]) {
        assignment.leaving.formUnion(partitions)
        for partition in partitions { assignment.setDelivering(partition, false) }
    }

    private func leadPartitions(
        of list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) -> [Partition] {
        guard let list else { return [] }
        let lead = configuration.name(of: .lead)
        return (0..<Int(list.pointee.cnt)).compactMap { index in
            let element = list.pointee.elems[index]
            guard element.partition >= 0, String(cString: element.topic) == lead else { return nil }
            return Partition(element.partition)
        }.sorted()
    }

    package func start(
        _ partition: Partition, at positions: [Topic: Offset]
    ) throws(LogError) {
        // Revoked in the meantime: the event is on its way to the caller.
        guard assignment.owned.contains(partition), !assignment.leaving.contains(partition)
        else { return }
        precondition(!assignment.started.contains(partition), "a partition is started once")
        try fetch(partition, from: positions)
        assignment.started.insert(partition)
    }

    package func finishRevocation(_ partitions: [Partition]) throws(LogError) {
        unassign(partitions)
        wakeFetching()
        guard !assignment.awaitsRevocation else { return }
        let rewinds = assignment.deferredRewinds
        assignment.deferredRewinds = [:]
        for (partition, positions) in rewinds where assignment.started.contains(partition) {
            try rewind(partition, to: positions)
        }
    }

    /// Answers the group's revoke, with the companions; drops what was never started.
    private func unassign(_ partitions: [Partition]) {
        var list = PartitionList()
        for partition in partitions where assignment.started.contains(partition) {
            for topic in Topic.inputs { list.append(configuration.name(of: topic), partition) }
        }
        resumeAll(of: partitions)
        change("unassign", list, with: rd_kafka_incremental_unassign)
        for partition in partitions {
            if assignment.returning.remove(partition) == nil { assignment.owned.remove(partition) }
            assignment.started.remove(partition)
            assignment.leaving.remove(partition)
            assignment.deferredRewinds[partition] = nil
        }
        assignment.awaitsRevocation = !assignment.leaving.isEmpty
    }

    /// Unassign and assign again: the library then throws away what it has fetched (its version
    /// barrier). The group does not hear of it. `seek` fails while a fetch is being started.
    package func rewind(
        _ partition: Partition, to positions: [Topic: Offset]
    ) throws(LogError) {
        guard assignment.started.contains(partition), !assignment.leaving.contains(partition)
        else { return }
        assignment.setDelivering(partition, false)
        guard !assignment.awaitsRevocation else {
            assignment.deferredRewinds[partition] = positions
            return
        }
        resumeAll(of: [partition])
        var list = PartitionList()
        for topic in Topic.inputs { list.append(configuration.name(of: topic), partition) }
        change("rewind", list, with: rd_kafka_incremental_unassign)
        try fetch(partition, from: positions)
    }

    private func fetch(
        _ partition: Partition, from positions: [Topic: Offset]
    ) throws(LogError) {
        var list = PartitionList()
        for topic in Topic.inputs {
            guard let offset = positions[topic] else {
                preconditionFailure("every input has a position (the low watermark at first)")
            }
            list.append(configuration.name(of: topic), partition, offset: offset)
        }
        if let error = rd_kafka_incremental_assign(consumer.rk, list.pointer) {
            defer { rd_kafka_error_destroy(error) }
            throw LogError.kafka(
                rd_kafka_error_code(error), "start partition \(partition.rawValue)",
                configuration, detail: String(cString: rd_kafka_error_string(error)))
        }
        assignment.setDelivering(partition, true)
    }

    /// A change that cannot fail but for a member that is on its way out, which the next event
    /// tells.
    private func change(
        _ operation: String, _ list: borrowing PartitionList,
        with call: (OpaquePointer?, UnsafePointer<rd_kafka_topic_partition_list_t>?)
            -> OpaquePointer?
    ) {
        guard let error = call(consumer.rk, list.pointer) else { return }
        log(4, "\(operation): \(String(cString: rd_kafka_error_string(error)))")
        rd_kafka_error_destroy(error)
    }

    // MARK: - Pause

    package func pause(_ partition: TopicPartition) throws(LogError) {
        guard assignment.started.contains(partition.partition),
            assignment.paused.insert(partition).inserted
        else { return }
        var list = PartitionList()
        list.append(configuration.name(of: partition.topic), partition.partition)
        try check(rd_kafka_pause_partitions(consumer.rk, list.pointer), "pause", partition)
    }

    package func resume(_ partition: TopicPartition) throws(LogError) {
        try unpause(partition)
        // Nor does this tell the thread that fetches.
        wakeFetching()
    }

    /// Only what we paused is resumed: resuming a running partition makes the library fetch again
    /// (librdkafka #4636).
    private func unpause(_ partition: TopicPartition) throws(LogError) {
        guard assignment.paused.remove(partition) != nil else { return }
        var list = PartitionList()
        list.append(configuration.name(of: partition.topic), partition.partition)
        try check(rd_kafka_resume_partitions(consumer.rk, list.pointer), "resume", partition)
    }

    /// The library keeps the pause beyond an unassign; we do not.
    private func resumeAll(of partitions: [Partition]) {
        for paused in assignment.paused where partitions.contains(paused.partition) {
            do { try unpause(paused) } catch { log(4, error.description) }
        }
    }

    func check(
        _ code: rd_kafka_resp_err_t, _ operation: String, _ partition: TopicPartition
    ) throws(LogError) {
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
            throw LogError.kafka(
                code, operation, configuration, target: configuration.text(of: partition))
        }
    }
}

extension KafkaConfiguration {
    /// `topic [partition]`, as Kafka's tools write it.
    func text(of partition: TopicPartition) -> String {
        "\(name(of: partition.topic)) [\(partition.partition.rawValue)]"
    }
}
