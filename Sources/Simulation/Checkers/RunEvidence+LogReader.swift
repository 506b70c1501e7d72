// Evidence through a reader: of any log, also one that nobody simulates.

package import EventLog
import EventModel

extension RunEvidence {
    /// Reads all topics, read_committed, from their low watermarks to their ends. What retention
    /// took is not there to be judged: a run whose inputs begin behind offset 0 has findings.
    ///
    /// - Throws: what the reader throws, but for errors that pass by themselves.
    package init(reading reader: any LogReader, deployment: String) throws(LogError) {
        var topics: [TopicPartition: EvidencePartition] = [:]
        for topic in Topic.allCases {
            for number in 0..<(try reader.partitionCount(of: topic)) {
                let place = TopicPartition(topic, Partition(number))
                topics[place] = try Self.read(place, reader)
            }
        }
        self.init(
            deployment: deployment, partitions: try reader.partitionCount(of: .lead),
            topics: topics)
    }

    private static func read(
        _ place: TopicPartition, _ reader: any LogReader
    ) throws(LogError) -> EvidencePartition {
        let low = try reader.lowWatermark(of: place)
        let end = try reader.end(of: place, isolation: .committed)
        var found = EvidencePartition(records: [], low: low.rawValue, end: end.rawValue)
        guard low < end else { return found }
        try reader.assign([(place, low)])
        var records: ContiguousArray<LogRecord> = []
        var events: [LogEvent] = []
        var isDone = false
        while !isDone {
            do {
                try reader.poll(
                    records: &records, events: &events, max: 4_096, timeoutMilliseconds: 100)
            } catch  where error.reaction == .retry {
                continue
            }
            for record in records {
                if record.offset < end { found.records.append(PlainRecord(record)) }
                if record.offset.next >= end { isDone = true }
                reader.release(record)
            }
            for case .reachedEnd(place, let reached) in events where reached >= end {
                isDone = true
            }
            records.removeAll(keepingCapacity: true)
            events.removeAll(keepingCapacity: true)
        }
        return found
    }
}
