// The rows of a task: from the changelog to its file, and into memory. A whole state that is in
// hand goes both ways at once; what the file had before is read from it.

import Contracts
import Decisions
import EventModel
import Store

extension TaskRecovery {
    /// So many rows are worth a thread.
    private static var parallelRowsMin: Int { 50_000 }

    /// Writes what the changelog brought and answers the state with its number of rows.
    func settle(_ changelog: ChangelogApplier, partition: Partition) throws(WorkerError)
        -> (TaskState, Int)
    {
        guard changelog.isWhole else {
            try changelog.flush(partition)
            return try loadState(partition, from: changelog.store)
        }
        changelog.slab.arrange()
        guard changelog.slab.count >= Self.parallelRowsMin else {
            do { try changelog.write() } catch { throw WorkerError(error, partition: partition) }
            return try loadState(partition, of: changelog.slab)
        }
        // The file belongs to the other thread until it is joined; the slab only answers.
        let handover = Handover(changelog)
        let writer = PlainThread {
            do throws(StoreError) {
                try handover.value.write()
            } catch {
                handover.failure = error
            }
        }
        let loaded: Result<(TaskState, Int), WorkerError>
        do throws(WorkerError) {
            loaded = .success(try loadState(partition, of: changelog.slab))
        } catch {
            loaded = .failure(error)
        }
        writer.join()
        if let error = handover.failure { throw WorkerError(error, partition: partition) }
        return try loaded.get()
    }

    private func loadState(_ partition: Partition, of slab: RowSlab) throws(WorkerError)
        -> (TaskState, Int)
    {
        var state = TaskState(policy: settings.policy, limits: settings.limits)
        var parser = JSONParser(limits: settings.limits.forOwnRecords)
        var rows = 0
        try slab.forEach { (key, value) throws(WorkerError) in
            guard let value else { return }
            rows += 1
            try load(key, value, into: &state, parser: &parser, partition: partition)
        }
        return (state, rows)
    }

    private func loadState(_ partition: Partition, from store: TaskStore) throws(WorkerError)
        -> (TaskState, Int)
    {
        var state = TaskState(policy: settings.policy, limits: settings.limits)
        var parser = JSONParser(limits: settings.limits.forOwnRecords)
        var rows = 0
        do {
            var cursor = try store.rows()
            while let (key, value) = try cursor.next() {
                rows += 1
                try load(key, value, into: &state, parser: &parser, partition: partition)
            }
        } catch let error as WorkerError {
            throw error
        } catch let error as StoreError {
            throw WorkerError(error, partition: partition)
        } catch {
            preconditionFailure("unexpected error: \(error)")
        }
        return (state, rows)
    }

    private func load(
        _ key: ByteView, _ value: ByteView, into state: inout TaskState,
        parser: inout JSONParser, partition: Partition
    ) throws(WorkerError) {
        let view: JSONView
        do { view = try parser.parse(value) } catch {
            throw .unreadable(row: key, partition: partition, "\(error)")
        }
        do { try state.load(key: key, value: view) } catch {
            if case .newerVersion(let name, let version) = error {
                throw .newer("state row \(name)", version: version)
            }
            throw .unreadable(row: key, partition: partition, "\(error)")
        }
    }
}

/// What one thread gives another for a while. Safe because the one that gave it does not touch it
/// before the join, and the join orders the two.
private final class Handover<Value>: @unchecked Sendable {
    let value: Value
    var failure: StoreError?

    init(_ value: Value) { self.value = value }
}
