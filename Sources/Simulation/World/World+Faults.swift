// What goes wrong in a world, step by step, by the shares of its options.

import EventLog
import EventModel
import Worker

extension World {
    /// What the next commit of a process meets.
    func commitLuck() -> CommitLuck {
        var luck = CommitLuck()
        guard !isHealed else { return luck }
        if dice.perMille(options.slowCommits) {
            luck.delay = SimulatedCommitDelay(
                asksBeforeOffsets: dice.roll(3), asksBeforeEnd: dice.roll(3))
        }
        if dice.perMille(options.abortedCommits) {
            luck.fault = .aborted
        } else if dice.perMille(options.unknownCommits) {
            luck.fault = .outcomeUnknown(applied: dice.chance(50))
        } else if dice.perMille(options.openCommits) {
            luck.fault = dice.chance(50) ? .leftOpen : .endInFlight
        }
        if let fault = luck.fault {
            report.count("commit \(fault)")
            trace { "the next commit is \(fault)" }
        }
        return luck
    }

    /// Rolls for everything that can go wrong between two steps.
    func misbehave() {
        for index in pods.indices { misbehave(pod: index) }
        misbehaveBrokers()
        if dice.perMille(10), redrives < 3 { redrive() }
    }

    private func misbehave(pod index: Int) {
        guard let process = pods[index].process else {
            if dice.perMille(options.arrivals) { arrive(at: index) }
            return
        }
        if process.pausedUntil == nil, process.stream.pointsToLive == nil,
            dice.perMille(options.crashes)
        {
            process.stream.pointsToLive = 1 + dice.roll(dice.pick([3, 30]))
        }
        if dice.perMille(options.kills) {
            trace { "\(process.name) is killed" }
            report.count("killed")
            remove(process)
        } else if dice.perMille(options.drains) {
            drain(process)
        } else if dice.perMille(options.pauses) {
            pause(process, at: index)
        } else if dice.perMille(options.sessionLosses) {
            trace { "\(process.name) loses its session" }
            report.count("session lost")
            process.stream.inner.inner.expireSession()
        } else if dice.perMille(options.clockJumps) {
            let jump = Int64(dice.pick([-3_600_000, -7_000, -500, 500, 7_000, 3_600_000]))
            trace { "\(process.name)'s clock jumps by \(jump)" }
            report.count("clock jump")
            process.clock.offMilliseconds = dice.chance(30) ? 0 : jump
        }
        if options.fullDisks > 0, dice.perMille(options.fullDisks) {
            let room = dice.chance(60) ? pods[index].disk.usedBytes + dice.roll(20_000) : nil
            trace { "\(process.name)'s disk has room for \(room.map(String.init) ?? "all")" }
            report.count("disk full")
            pods[index].disk.setCapacity(bytes: room)
        }
        if dice.perMille(options.oldDisks / 5) {
            pods[index].oldImage = pods[index].disk.snapshot()
        }
    }

    private func drain(_ process: WorldProcess) {
        trace { "\(process.name) drains" }
        report.count("drained")
        process.isBusy = true
        do { try process.thread.drain() } catch { trace { "\(process.name): \(error)" } }
        process.isBusy = false
        remove(process)
    }

    /// It sleeps; meanwhile another process may take its pod's place.
    private func pause(_ process: WorldProcess, at index: Int) {
        let time = Int64(dice.pick([50, 2_000, 9_000, 15_000, 40_000]))
        process.pausedUntil = clock.milliseconds + time
        trace { "\(process.name) sleeps for \(time) ms" }
        report.count("paused")
        if dice.chance(30), zombies.isEmpty {
            zombies.append(process)
            pods[index].process = nil
        }
    }

    private func misbehaveBrokers() {
        if dice.perMille(options.coordinatorMoves) {
            let time = Int64(dice.pick([20, 300, 3_000]))
            trace { "the coordinator is away for \(time) ms" }
            report.count("coordinator moved")
            log.faults?.coordinatorAwayUntil = Instant(
                milliseconds: clock.milliseconds + time)
        }
        let partition = Partition(Int32(dice.roll(Int(options.partitions))))
        if dice.perMille(options.expiredOffsets) {
            trace { "offsets of task \(partition.rawValue)'s companions expire" }
            report.count("companion offsets expired")
            for topic in Topic.inputs where topic != .lead {
                log.expireOffsets(of: topic, partition)
            }
        }
        if dice.perMille(options.leaderChanges) {
            let topic = dice.pick(Topic.inputs + [.audit])
            report.count("leader with another clock")
            log.faults?.leaderSkews[TopicPartition(topic, partition)] = Int64(
                dice.pick([-4_000, -300, -20, 0, 20, 300, 4_000]))
        }
        if dice.perMille(options.retention) { retain(partition) }
        if dice.perMille(options.compaction) {
            let place = TopicPartition(dice.pick([.state, .state, .gates]), partition)
            let end = log.end(of: place, isolation: .committed)
            report.count("compacted")
            trace { "\(place.topic.name)/\(partition.rawValue) is compacted" }
            log.compact(
                place, below: Offset(Int64(dice.roll(Int(end) + 1))),
                tombstonesFrom: clock.now.advanced(seconds: -2 * options.stateAgeSecondsMax))
        }
    }

    /// Retention of an input. It covers the dedupe window, as the worker checks at its start; what
    /// a worker that was away has not read goes as well, when all of it is old.
    private func retain(_ partition: Partition) {
        let place = TopicPartition(dice.pick(Topic.inputs), partition)
        let low = log.low(of: place)
        let end = log.end(of: place, isolation: .committed)
        guard end > low else { return }
        var to = low + 1 + Int64(dice.roll(Int(end - low)))
        let read = log.ledger.offsets[place]?.offset.rawValue ?? 0
        let most = place.topic == .signals ? read : oldEnough(in: place)
        // Unread records go all at once: a duplicate of one that is gone cannot be known.
        to = most > read ? most : min(to, most)
        guard to > low else { return }
        report.count("retention")
        trace { "\(place.topic.name)/\(partition.rawValue) begins at \(to) now" }
        log.deleteRecords(of: place, before: Offset(to))
    }

    /// The offset up to which nothing is in the dedupe window of the partition's task.
    private func oldEnough(in place: TopicPartition) -> Int64 {
        let window = options.limits.dedupeWindowSeconds + options.limits.dedupeBucketSeconds
        let read = log.ledger.offsets[place]?.offset.rawValue ?? 0
        var newest = Instant.distantPast
        var last = Instant.distantPast
        var at = log.low(of: place)
        while let record = log.next(of: place, from: &at, isolation: .committed) {
            last = max(last, record.appendTime)
            if record.offset.rawValue < read { newest = max(newest, record.appendTime) }
        }
        if last < clock.now.advanced(seconds: -2 * window - 10) {
            return log.end(of: place, isolation: .committed)
        }
        at = log.low(of: place)
        var to = at
        while let record = log.next(of: place, from: &at, isolation: .committed),
            record.offset.rawValue < read,
            record.appendTime < newest.advanced(seconds: -window)
        {
            to = at
        }
        return to
    }

    /// An operator produces the bytes of a dead letter again.
    private func redrive() {
        let place = TopicPartition(
            .deadLetters, Partition(Int32(dice.roll(Int(options.partitions)))))
        var letters: [PlainRecord] = []
        var at = log.low(of: place)
        while let record = log.next(of: place, from: &at, isolation: .committed) {
            letters.append(record)
        }
        guard !letters.isEmpty else { return }
        let letter = dice.pick(letters)
        let name = letter.headers.first { $0.name == "hf_topic" }?.value
        guard let name, let topic = Topic(name: String(decoding: name, as: UTF8.self)),
            topic != .signals
        else { return }
        redrives += 1
        report.count("dead letter redriven")
        produce(topic, nil, key: letter.key, value: letter.value)
    }
}
