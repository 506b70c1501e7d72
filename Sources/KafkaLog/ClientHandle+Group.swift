// What the group has committed, asked by a member or by anybody who knows its name.

import CRdKafka
import EventLog
import EventModel

extension ClientHandle {
    /// The group's committed offsets of a task's inputs, stable ones; absent where none were ever
    /// committed. Of a read_committed consumer: then the broker answers only when no transaction is
    /// open on them.
    /// - Parameter millisecondsMax: how long that is waited for, in milliseconds.
    /// - Throws: LogError (retry) when they are not stable by then, or nobody answers.
    func groupOffsets(
        of partition: Partition, millisecondsMax: Int64
    ) throws(LogError) -> [Topic: Offset] {
        let deadline = Monotonic.milliseconds() + millisecondsMax
        while true {
            var list = PartitionList()
            for topic in Topic.inputs { list.append(configuration.name(of: topic), partition) }
            let left = max(1, deadline - Monotonic.milliseconds())
            let code = rd_kafka_committed(rk, list.pointer, Int32(min(5_000, left)))
            let failure =
                code != RD_KAFKA_RESP_ERR_NO_ERROR
                ? code
                : (0..<list.count).map { list[$0].error }
                    .first { $0 != RD_KAFKA_RESP_ERR_NO_ERROR }
            guard let failure else { return offsets(in: list) }
            let error = LogError.kafka(failure, "read group offsets", configuration)
            guard error.reaction == .retry else { throw error }
            guard Monotonic.milliseconds() < deadline else {
                throw unstable(partition, error, millisecondsMax)
            }
        }
    }

    private func offsets(in list: borrowing PartitionList) -> [Topic: Offset] {
        var found: [Topic: Offset] = [:]
        for index in 0..<list.count {
            let element = list[index]
            if element.offset >= 0, let topic = configuration.topic(named: element.name) {
                found[topic] = Offset(element.offset)
            }
        }
        return found
    }

    private func unstable(
        _ partition: Partition, _ cause: LogError, _ milliseconds: Int64
    ) -> LogError {
        LogError(
            operation: cause.operation, code: "UNSTABLE_OFFSET_COMMIT", reaction: .retry,
            message: "the group's offsets of task \(partition.rawValue) did not become stable in"
                + " \(milliseconds / 1000) s (\(cause.message))",
            hint: "Another worker's transaction is still open on them, or the brokers do not"
                + " answer: see `kafka-transactions find-hanging`.")
    }
}
