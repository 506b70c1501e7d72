// What the store's errors mean for a worker.

import EventModel
import Store

extension WorkerError {
    init(_ error: StoreError, partition: Partition) {
        self.init(
            kind: error.reaction == .refuse ? .setup : .store,
            message: "state file of task \(partition.rawValue): \(error.message)",
            hint: error.hint, isDamagedFile: error.reaction == .setAside,
            isPassing: error.reaction == .inUse)
    }

    /// A row of the state that this worker cannot read.
    static func unreadable(row key: ByteView, partition: Partition, _ why: String) -> WorkerError {
        WorkerError(
            kind: .store,
            message: "state row \(key.text) of task \(partition.rawValue) cannot be read: \(why)",
            hint: "The file is rebuilt from holdfast.state.", isDamagedFile: true)
    }
}
