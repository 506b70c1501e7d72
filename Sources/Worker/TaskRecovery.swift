// Bringing a task back (docs/design.md, Restore). The order is the point:
//
//   1. init_transactions of both producers (StreamLog.open, once, before the first poll);
//   2. the group's offsets, stable ones only: this waits out a predecessor's open transaction;
//   3. the high watermark of the task's partition of holdfast.state, open transactions included;
//   4. that partition read_committed until its end is at or beyond 3; only then decide.
//
// The coordinator answers EndTxn before the markers are written: without 2 and 3, an old state
// would meet new offsets (Kafka Streams had this bug, KAFKA-10167).

import Contracts
import Decisions
import EventLog
import EventModel
import Store

/// A task's state as recovered, ready to run.
struct RecoveredTask: ~Copyable {
    struct Input {
        var topic: Topic
        var position: Offset
        var lost: OffsetRange?
    }
    let store: TaskStore
    let state: TaskState
    let head: TaskHead?
    let positions: [Input]
    var windows: TaskWindows
    let changelogRecords: Int
    let rows: Int

    consuming func takeWindows() -> TaskWindows { windows }
}

/// Recovers the task of one ticket, on the thread that recovers (docs/decisions/0005).
struct TaskRecovery {
    let log: any RecoveryLog
    /// Looked at between two waits.
    let ticket: RecoveryTicket
    let settings: WorkerSettings
    let environment: Environment
    let layout: TopicLayout
    let registry: ContractRegistry
    let notify: (WorkerSignal) -> Void

    /// Runs the restore of one task, from its file (or none) to the head in the log. A damaged file
    /// is set aside and the task is read back whole.
    func recover(_ partition: Partition) throws(WorkerError) -> RecoveredTask {
        let groupOffsets = try stableGroupOffsets(of: partition)
        let reader: any LogReader
        do { reader = try log.takeReader() } catch { throw WorkerError(error) }
        // What failed may have left something in its queues.
        var isSpent = true
        defer { log.giveBack(reader, isSpent: isSpent) }
        let recovered = try recover(partition, reader: reader, group: groupOffsets)
        isSpent = false
        return recovered
    }

    private func recover(
        _ partition: Partition, reader: any LogReader, group groupOffsets: [Topic: Offset]
    ) throws(WorkerError) -> RecoveredTask {
        // Asked before the file is opened: a log that does not answer, which is asked again soon,
        // costs no opening (and no check of every page after a kill).
        let ends = try changelogEnds(of: partition, reader)
        let store = try openFreshEnough(partition)
        do {
            return try recover(
                partition, from: store, reader: reader, ends: ends, group: groupOffsets)
        } catch  where error.isDamagedFile {
            store.close()
            notify(.stateFileRebuilt(partition, why: error.message))
            let fresh: TaskStore
            do {
                fresh = try TaskStore.startOver(
                    directory: settings.stateDirectory, identity: identity(partition),
                    why: error.message, files: settings.files)
            } catch {
                throw WorkerError(error, partition: partition)
            }
            return try recover(
                partition, from: fresh, reader: reader, ends: ends, group: groupOffsets)
        } catch {
            store.close()
            throw error
        }
    }

    /// Why a file that was saved then cannot be rolled forward; nil when it can. A clock that was
    /// ahead makes a file look younger than it is: by no more than half of what tombstones are kept
    /// for, or the other half would not cover it.
    private func whyTooOld(_ savedAt: Instant) -> String? {
        let now = environment.now()
        if savedAt.advanced(seconds: settings.stateAgeSecondsMax) < now {
            return "older than half of delete.retention.ms"
        }
        if now.advanced(seconds: settings.stateAgeSecondsMax) < savedAt {
            return "saved by a clock that was ahead by more than half of delete.retention.ms"
        }
        return nil
    }

    /// The task's store; emptied when it is so old that tombstones it needs may be gone.
    private func openFreshEnough(_ partition: Partition) throws(WorkerError) -> TaskStore {
        let store: TaskStore
        do {
            store = try TaskStore.open(
                directory: settings.stateDirectory, identity: identity(partition),
                rebuild: settings.rebuildsState, files: settings.files)
            if case .setAside(let path, let why) = store.openReport {
                notify(.stateFileSetAside(partition, path: path, why: why))
            }
            if let savedAt = store.savedAt, let why = whyTooOld(savedAt) {
                notify(.stateFileRebuilt(partition, why: why))
                try store.clear()
            }
        } catch {
            throw WorkerError(error, partition: partition)
        }
        return store
    }

    private func recover(
        _ partition: Partition, from store: TaskStore, reader: any LogReader,
        ends: ChangelogEnds, group: [Topic: Offset]
    ) throws(WorkerError) -> RecoveredTask {
        let storedHead = try store.head.map { bytes throws(WorkerError) in
            try TaskHead.parse(bytes, limits: settings.limits)
        }
        let changelog = try rollForward(partition, store: store, reader: reader, ends)
        let head = try (changelog.head ?? store.head).map { bytes throws(WorkerError) in
            try TaskHead.parse(bytes, limits: settings.limits)
        }
        try check(partition, stored: storedHead, head: head, group: group)
        try ticket.check()
        let (state, rows) = try settle(changelog, partition: partition)
        var windows = TaskWindows(limits: settings.limits)
        if let head {
            let rescan = DedupeRescan(
                partition: partition, reader: reader, settings: settings, registry: registry,
                partitionCount: layout.count(of: .mesExecution), ticket: ticket, notify: notify)
            try rescan.fill(&windows, store: store, storedHead: storedHead, head: head)
        }
        do {
            try store.commit(
                rows: [], head: changelog.head, changelogNext: changelog.next,
                savedAt: environment.now(), sightings: windows.takePending(),
                dropSightingsBelow: windows.drops)
        } catch {
            throw WorkerError(error, partition: partition)
        }
        let positions = try startPositions(partition, head: head, reader: reader)
        return RecoveredTask(
            store: store, state: state, head: head, positions: positions, windows: windows,
            changelogRecords: changelog.applied, rows: rows)
    }

    private func stableGroupOffsets(of partition: Partition) throws(WorkerError) -> [Topic: Offset]
    {
        try ticket.check()
        do { return try log.groupOffsets(of: partition) } catch { throw WorkerError(error) }
    }

    private func identity(_ partition: Partition) -> TaskIdentity {
        TaskIdentity(
            deployment: settings.deployment, partition: partition,
            partitionCount: layout.count(of: .state))
    }

    /// Where a task's partition of holdfast.state begins and ends, open transactions included.
    private struct ChangelogEnds {
        let target: Offset
        let low: Offset
    }

    private func changelogEnds(of partition: Partition, _ reader: any LogReader)
        throws(WorkerError) -> ChangelogEnds
    {
        let changelog = TopicPartition(.state, partition)
        do {
            return ChangelogEnds(
                target: try reader.end(of: changelog, isolation: .uncommitted),
                low: try reader.lowWatermark(of: changelog))
        } catch {
            throw WorkerError(error)
        }
    }

    /// Reads the changelog from where the store stands to its end.
    private func rollForward(
        _ partition: Partition, store: TaskStore, reader: any LogReader, _ ends: ChangelogEnds
    ) throws(WorkerError) -> ChangelogApplier {
        let changelog = TopicPartition(.state, partition)
        var target = ends.target
        let low = ends.low
        // A predecessor on the same disk may have written on between the question and the opening.
        if let next = store.changelogNext, next > target {
            target = try changelogEnds(of: partition, reader).target
        }
        if let next = store.changelogNext, next > target {
            throw WorkerError(
                kind: .contradiction,
                message: "the state file of task \(partition.rawValue) is ahead of "
                    + "holdfast.state (\(next.rawValue) > \(target.rawValue))",
                hint: "The file belongs to another log, or the log lost data: "
                    + "check --log and --deployment, or run with --rebuild-state.")
        }
        var applier = ChangelogApplier(
            store: store, taskPrefix: "\(partition.rawValue)/",
            start: max(store.changelogNext ?? low, low), savedAt: environment.now(),
            slabBytesMax: settings.limits.restoreBytesMax)
        try applier.run(reader: reader, changelog: changelog, target: target, ticket: ticket)
        return applier
    }

    /// What must hold between the file, the log and the group, or the task stops by name.
    private func check(
        _ partition: Partition, stored: TaskHead?, head: TaskHead?, group: [Topic: Offset]
    ) throws(WorkerError) {
        if let stored, stored.sequence > head?.sequence ?? 0 {
            throw WorkerError(
                kind: .contradiction,
                message: "the state file of task \(partition.rawValue) is at batch "
                    + "\(stored.sequence), the log at \(head?.sequence ?? 0)",
                hint:
                    "The log lost data or is another one: restore it, or run with --rebuild-state.")
        }
        if let head, head.deployment != settings.deployment {
            throw WorkerError(
                kind: .contradiction,
                message: "task \(partition.rawValue) on these topics belongs to deployment "
                    + "\(head.deployment), this is \(settings.deployment)",
                hint: "Start with --deployment \(head.deployment), or give this deployment topics "
                    + "of its own with --topic-prefix.")
        }
        if let head, head.partitions != layout.count(of: .state) {
            throw WorkerError(
                kind: .contradiction,
                message: "this deployment was made with \(head.partitions) partitions, the topics "
                    + "have \(layout.count(of: .state)) now",
                hint: "The partition count is fixed for a deployment's life: recreate the topics "
                    + "with \(head.partitions) partitions, or start a new deployment.")
        }
        for (topic, offset) in group where head?.positions[topic] != offset {
            // 1. We have lost the task and do not know it yet. 2. We read the group's offsets. 3.
            // Its new owner commits. 4. We read the head. That is no contradiction but somebody
            // else's work.
            guard try stableGroupOffsets(of: partition) == group else {
                throw WorkerError(
                    LogError(
                        operation: "recover task \(partition.rawValue)", code: "TASK_MOVES",
                        reaction: .retry, message: "another worker commits for this task",
                        hint: "It is tried again until the group says whose task it is."))
            }
            let known = head?.positions[topic].map { String($0.rawValue) } ?? "none"
            throw WorkerError(
                kind: .contradiction,
                message: "group offset \(offset.rawValue) of \(topic.name)/\(partition.rawValue) "
                    + "contradicts the task's head (\(known))",
                hint: "Somebody reset the group's offsets or holdfast.state was recreated: reset "
                    + "the group's offsets to the head's, or delete the group when the state is "
                    + "meant to be new.")
        }
    }

    /// Where each input starts; what retention ate before we read it is a lost range.
    private func startPositions(
        _ partition: Partition, head: TaskHead?, reader: any LogReader
    ) throws(WorkerError) -> [RecoveredTask.Input] {
        var inputs: [RecoveredTask.Input] = []
        for topic in Topic.inputs {
            let input = TopicPartition(topic, partition)
            let low: Offset
            do { low = try reader.lowWatermark(of: input) } catch { throw WorkerError(error) }
            guard let position = head?.positions[topic], position < low else {
                inputs.append(
                    .init(topic: topic, position: head?.positions[topic] ?? low, lost: nil))
                continue
            }
            notify(.recordsLost(input, from: position, to: low))
            inputs.append(
                .init(
                    topic: topic, position: low,
                    lost: OffsetRange(topic: topic, from: position, to: low, isLost: true)))
        }
        return inputs
    }
}
