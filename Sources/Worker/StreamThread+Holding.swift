// How much is held undecided. Inputs are decided in the order of their append times, so one whose
// records are all younger than another's backlog would be read to its end and wait in memory.

import EventLog
import EventModel

extension StreamThread {
    /// What waits to be decided: records, bytes of their values, the inputs it is of, and whether
    /// one of these is paused.
    var held: (records: Int, bytes: Int, inputs: Int, isAnyPaused: Bool) {
        var held = (records: 0, bytes: 0, inputs: 0, isAnyPaused: false)
        for task in tasks.lazy.compactMap({ $0 }) {
            for queue in task.core.queues {
                held.records += queue.count
                held.bytes += queue.bytes
                held.inputs += 1
                if queue.isPaused { held.isAnyPaused = true }
            }
        }
        return held
    }

    /// Stops reading the inputs that hold most when too much is held, and reads them on when they
    /// hold little. What is held stays at about `Limits.heldRecordsMax` and `heldBytesMax`, and a
    /// poll more.
    func balanceInputs() throws(WorkerError) {
        let held = held
        let limits = settings.limits
        let isFull = held.records > limits.heldRecordsMax || held.bytes > limits.heldBytesMax
        guard isFull || held.isAnyPaused else { return }
        let recordsShare = limits.heldRecordsMax / held.inputs
        let bytesShare = limits.heldBytesMax / held.inputs
        for task in tasks.lazy.compactMap({ $0 }) {
            for index in task.core.queues.indices {
                let queue = task.core.queues[index]
                let isLarge = queue.count > recordsShare || queue.bytes > bytesShare
                let isSmall = queue.count <= recordsShare / 2 && queue.bytes <= bytesShare / 2
                if queue.isPaused ? isSmall : isFull && isLarge {
                    try setPaused(!queue.isPaused, index, of: task)
                }
            }
        }
    }

    private func setPaused(
        _ isPaused: Bool, _ index: Int, of task: StreamTask
    ) throws(WorkerError) {
        let input = TopicPartition(task.core.queues[index].topic, task.partition)
        do {
            if isPaused { try log.pause(input) } else { try log.resume(input) }
            task.core.queues[index].isPaused = isPaused
        } catch {
            // The next turn tries again.
            guard error.reaction == .retry else { throw WorkerError(error) }
            notify(.logRetry(error))
        }
    }
}
