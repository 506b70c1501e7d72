// How much is held undecided. Inputs are decided in the order of their append times, so one whose
// records are all younger than another's backlog would be read to its end and wait in memory.

import EventLog
import EventModel

extension StreamThread {
    /// Stops reading the inputs that hold most when too much is held, and reads them on when they
    /// hold little. What is held stays at about `Limits.heldRecordsMax` and `heldBytesMax`, and a
    /// poll more.
    func balanceInputs() throws(WorkerError) {
        var records = 0
        var bytes = 0
        var inputs = 0
        var isAnyPaused = false
        for task in tasks.lazy.compactMap({ $0 }) {
            for queue in task.core.queues {
                records += queue.count
                bytes += queue.bytes
                inputs += 1
                if queue.isPaused { isAnyPaused = true }
            }
        }
        let limits = settings.limits
        let isFull = records > limits.heldRecordsMax || bytes > limits.heldBytesMax
        guard isFull || isAnyPaused else { return }
        let recordsShare = limits.heldRecordsMax / inputs
        let bytesShare = limits.heldBytesMax / inputs
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
