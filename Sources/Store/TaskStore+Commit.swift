// Writing. Every change of a task's file is one SQLite transaction, and all of them go through
// `write`.

package import EventModel

/// Puts and removes rows inside one transaction.
struct RowWriter: ~Copyable {
    fileprivate let store: TaskStore

    /// A row as the changelog has it; a nil value removes it.
    func put(key: ByteView, value: ByteView?) throws(StoreError) {
        guard let value else {
            try store.statements.removeRow.bind(1, key)
            return try store.statements.removeRow.run()
        }
        try store.statements.putRow.bind(1, key)
        try store.statements.putRow.bind(2, value)
        try store.statements.putRow.bind(3, Checksum.ofRow(key: key, value: value))
        try store.statements.putRow.run()
    }
}

extension TaskStore {
    /// What one batch changes, in ONE transaction, after its Kafka transaction has committed.
    /// - Parameters:
    ///   - head: the new head; nil keeps the one there is.
    ///   - changelogNext: the offset after the last changelog record these rows stand for.
    ///   - sightings: blocks of `DedupeWindow.takePending`, of all inputs.
    ///   - dropSightingsBelow: buckets below this one have left the topic's window. Each
    ///     commit drops some of their blocks, more than it adds: a whole bucket at once would hold
    ///     up one commit for long.
    /// - Throws: whatever is thrown, the outcome is unknown and this store is used up.
    package func commit(
        rows: [RowChange], head: [UInt8]?, changelogNext: Offset, savedAt: Instant,
        sightings: [SightingBlock] = [],
        dropSightingsBelow: [(topic: Topic, bucket: Int64)] = []
    ) throws(StoreError) {
        try write(head: head, changelogNext: changelogNext, savedAt: savedAt) {
            (writer, next) throws(StoreError) in
            try putAll(rows, with: writer)
            for block in sightings {
                try add(block, number: next)
                next += 1
            }
            for (topic, bucket) in dropSightingsBelow {
                try dropSightings(of: topic, below: bucket)
            }
        }
        if let builtAt, savedAt >= builtAt.advanced(seconds: Self.buildingSeconds) {
            try bringToDisk()
            try note(.open)
        }
    }

    /// Many rows of the changelog in one transaction, in the order of their keys, so that the pages
    /// of the table are visited one after the other.
    /// - Parameter rows: arranged.
    package func restore(
        _ rows: RowSlab, head: [UInt8]?, changelogNext: Offset, savedAt: Instant
    ) throws(StoreError) {
        try write(head: head, changelogNext: changelogNext, savedAt: savedAt) {
            (writer, _) throws(StoreError) in
            try rows.forEach { (key, value) throws(StoreError) in
                try writer.put(key: key, value: value)
            }
        }
    }

    /// Forgets everything, position included, in one transaction: before a rebuild from the
    /// changelog's start.
    package func clear() throws(StoreError) {
        try connection.transaction { () throws(StoreError) in
            try connection.execute("DELETE FROM row")
            try connection.execute("DELETE FROM sighting")
            try TaskMeta().write(with: statements.putMeta)
        }
        meta = TaskMeta()
    }

    /// The one place where a task's file changes.
    private func write(
        head: [UInt8]?, changelogNext: Offset, savedAt: Instant,
        _ body: (borrowing RowWriter, inout Int64) throws(StoreError) -> Void
    ) throws(StoreError) {
        precondition(
            changelogNext >= meta.changelogNext ?? Offset(0), "the changelog's position never falls"
        )
        var next = meta
        next.head = head ?? meta.head
        next.changelogNext = changelogNext
        next.savedAt = savedAt
        try connection.transaction { () throws(StoreError) in
            try body(RowWriter(store: self), &next.sightingNext)
            try next.write(with: statements.putMeta)
        }
        meta = next
    }

    /// Many rows go in the order of their keys, so that the pages of the table are visited one
    /// after the other; of rows with one key the last counts, as it would in their own order.
    private func putAll(
        _ rows: [RowChange], with writer: borrowing RowWriter
    ) throws(StoreError) {
        guard rows.count >= Self.sortedRowsMin else {
            for row in rows { try put(row, with: writer) }
            return
        }
        let order = rows.indices.sorted {
            rows[$0].key == rows[$1].key ? $0 < $1 : rows[$0].key < rows[$1].key
        }
        for (place, index) in order.enumerated() {
            let isLast = place + 1 == order.count || rows[order[place + 1]].key != rows[index].key
            if isLast { try put(rows[index], with: writer) }
        }
    }

    /// Below this the order of rows is not worth a sort.
    private static let sortedRowsMin = 1_000

    private func put(_ row: RowChange, with writer: borrowing RowWriter) throws(StoreError) {
        try withBytes(of: Array(row.key.utf8)) { (key) throws(StoreError) in
            guard let value = row.value else { return try writer.put(key: key, value: nil) }
            try withBytes(of: value) { (value) throws(StoreError) in
                try writer.put(key: key, value: value)
            }
        }
    }

    /// Mostly there is nothing to drop, which is told by one look into the table.
    private func dropSightings(of topic: Topic, below bucket: Int64) throws(StoreError) {
        try statements.oldSighting.bind(1, Int64(topic.rawValue))
        try statements.oldSighting.bind(2, bucket)
        let hasAny = try statements.oldSighting.step()
        try statements.oldSighting.reset()
        guard hasAny else { return }
        try statements.dropSightings.bind(1, Int64(topic.rawValue))
        try statements.dropSightings.bind(2, bucket)
        try statements.dropSightings.run()
    }

    private func add(_ block: SightingBlock, number: Int64) throws(StoreError) {
        try statements.addSighting.bind(1, Int64(block.topic.rawValue))
        try statements.addSighting.bind(2, block.bucket)
        try statements.addSighting.bind(3, number)
        try withBytes(of: block.bytes) { (bytes) throws(StoreError) in
            try statements.addSighting.bind(4, bytes)
            try statements.addSighting.run()
        }
    }
}
