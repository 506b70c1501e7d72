// What a simulator asks a thread between two steps. Nothing here changes anything.

import Decisions
package import EventModel
import Store

extension StreamThread {
    /// Partitions whose tasks run here, ascending.
    package var runningPartitions: [Partition] {
        tasks.compactMap { $0?.partition }
    }

    /// Partitions that are ours and could not be recovered yet, ascending.
    package var awaitedPartitions: [Partition] { awaited.keys.sorted() }

    /// A batch is open or on its way.
    package var hasWorkInHand: Bool { tasks.contains { $0?.hasOpenBatch == true } }

    /// Every row of a running task's state as it is in memory, sorted by key; nil where it is not
    /// ours. Rows of a batch that has not been committed are among them.
    package func stateRows(of partition: Partition) -> [RowChange]? {
        tasks[Int(partition.rawValue)]?.core.state.dump()
    }

    /// The head of a running task as last committed, in its canonical JSON.
    package func headBytes(of partition: Partition) -> [UInt8]? {
        tasks[Int(partition.rawValue)]?.store.head
    }
}
