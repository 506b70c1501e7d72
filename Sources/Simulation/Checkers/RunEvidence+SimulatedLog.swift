// Evidence of a run on the simulated log.

import EventLog
import EventModel

extension RunEvidence {
    /// Takes down everything that a read_committed consumer could have read, from the first offset
    /// on, and where retention has come to.
    package init(_ log: SimulatedLog, deployment: String) {
        var topics: [TopicPartition: EvidencePartition] = [:]
        for (topic, description) in log.topics {
            for number in 0..<description.partitions {
                let place = TopicPartition(topic, Partition(number))
                var partition = EvidencePartition(records: [], low: log.low(of: place))
                var at: Int64 = 0
                while let record = log.next(
                    of: place, from: &at, isolation: .committed, isArchive: true)
                {
                    partition.records.append(record)
                }
                partition.end = log.end(of: place, isolation: .committed)
                topics[place] = partition
            }
        }
        self.init(
            deployment: deployment, partitions: log.topics[.lead]?.partitions ?? 0, topics: topics)
    }
}
