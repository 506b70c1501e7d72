// Making a dedupe window whole again (design rule 6): what the store has, then the ids of the
// ranges since. After a lost disk that is the whole window, read from the input; the refused
// offsets of the batch records say which records were no sighting.

import Contracts
import EventLog
import EventModel
import Store

/// Fills a task's windows at recovery.
struct DedupeRescan {
    let partition: Partition
    let reader: any LogReader
    let settings: WorkerSettings
    let registry: ContractRegistry
    let partitionCount: Int32
    let ticket: RecoveryTicket
    let notify: (WorkerSignal) -> Void

    /// One stretch of an input to read again.
    private struct Stretch {
        var input: TopicPartition
        var from: Offset
        var to: Offset
    }

    /// Loads what the store has and adds the sightings from its head to the log's.
    func fill(
        _ windows: inout TaskWindows, store: TaskStore, storedHead: TaskHead?, head: TaskHead
    ) throws(WorkerError) {
        for topic in TaskWindows.topics {
            if let clock = head.clocks[topic] { windows.advance(topic, to: clock) }
            do {
                try windows.load(topic, from: store)
            } catch {
                throw WorkerError(error, partition: partition)
            }
        }
        var stretches: [Stretch] = []
        for topic in TaskWindows.topics {
            if let stretch = try stretch(of: topic, storedHead: storedHead, head: head) {
                stretches.append(stretch)
            }
        }
        guard !stretches.isEmpty else { return }
        let refused = try refusedOffsets(since: storedHead?.now, head: head)
        for stretch in stretches { try rescan(stretch, refused: refused, into: &windows) }
    }

    private func stretch(of topic: Topic, storedHead: TaskHead?, head: TaskHead)
        throws(WorkerError) -> Stretch?
    {
        guard let to = head.positions[topic], let clock = head.clocks[topic] else { return nil }
        let input = TopicPartition(topic, partition)
        let bucket = settings.limits.dedupeBucketSeconds * 1_000_000
        let floor = (clock.rawValue >= 0 ? clock.rawValue : clock.rawValue - bucket + 1) / bucket
        let edge = Instant(
            rawValue: floor * bucket - settings.limits.dedupeWindowSeconds * 1_000_000)
        do {
            let low = try reader.lowWatermark(of: input)
            let known = storedHead?.positions[topic] ?? Offset(0)
            let windowStart = try reader.offset(of: input, at: edge)
            // What stands before the first record that is left may have been in the window: also
            // when nothing of the window is left.
            if known < min(low, to), windowStart.map({ $0 <= low }) ?? true {
                notify(.dedupeWindowIncomplete(input, from: edge, oldest: nil))
            }
            guard let windowStart else { return nil }
            let from = max(known, windowStart, low)
            return from < to ? Stretch(input: input, from: from, to: to) : nil
        } catch {
            throw WorkerError(error)
        }
    }

    /// Refused offsets of the task's batches, from some time before the stretch began.
    private func refusedOffsets(since: Instant?, head: TaskHead) throws(WorkerError)
        -> [Topic: [OffsetRange]]
    {
        let audit = TopicPartition(.audit, partition)
        var unreadable: Int64?
        var found: [Topic: [OffsetRange]] = [:]
        var parser = JSONParser(limits: settings.limits.forOwnRecords)
        // Batches are written after their input was appended; ten minutes cover skewed clocks.
        let oldest =
            since
            ?? head.clocks.values.min()?.advanced(
                seconds: -settings.limits.dedupeWindowSeconds - settings.limits.dedupeBucketSeconds)
        let low: Offset
        let start: Offset?
        let end: Offset
        do {
            low = try reader.lowWatermark(of: audit)
            start = try oldest.flatMap { since throws(LogError) in
                try reader.offset(of: audit, at: since.advanced(seconds: -600))
            }
            end = try reader.end(of: audit, isolation: .committed)
        } catch {
            throw WorkerError(error)
        }
        try read(audit, from: start ?? low, to: end) { record in
            guard let value = record.value, let view = try? parser.parse(value) else { return }
            guard let ranges = BatchRecord.refusedRanges(in: view) else {
                // Without its refused offsets, what it refused would be taken for sightings.
                unreadable = view.integer("v") ?? unreadable
                return
            }
            for range in ranges { found[range.topic, default: []].append(range) }
        }
        if let unreadable, unreadable > BatchRecord.version {
            throw .newer("a batch record of task \(partition.rawValue)", version: unreadable)
        }
        for topic in found.keys { found[topic]!.sort { $0.from < $1.from } }
        return found
    }

    private func rescan(
        _ stretch: Stretch, refused: [Topic: [OffsetRange]], into windows: inout TaskWindows
    ) throws(WorkerError) {
        let decoder = EventDecoder(
            registry: registry, limits: settings.limits, partitionCount: partitionCount)
        let ranges = refused[stretch.input.topic] ?? []
        var at = 0
        try read(stretch.input, from: stretch.from, to: stretch.to) { record in
            while at < ranges.count, ranges[at].to <= record.offset { at += 1 }
            if at < ranges.count, ranges[at].from <= record.offset { return }
            if case .event(let event) = decoder.decode(record) {
                _ = windows.see(record.topic, event)
            }
        }
    }

    /// Reads [from, to) of a partition in order.
    private func read(
        _ input: TopicPartition, from: Offset, to: Offset, body: (LogRecord) -> Void
    ) throws(WorkerError) {
        guard from < to else { return }
        do { try begin(input, from: from, to: to) } catch { throw WorkerError(error) }
        var records: ContiguousArray<LogRecord> = []
        var events: [LogEvent] = []
        var isDone = false
        while !isDone {
            try ticket.check()
            records.removeAll(keepingCapacity: true)
            events.removeAll(keepingCapacity: true)
            do {
                try reader.poll(
                    records: &records, events: &events, max: 4096, timeoutMilliseconds: 100)
            } catch {
                guard error.reaction == .retry else { throw WorkerError(error) }
            }
            for record in records {
                if record.offset < to { body(record) }
                if record.offset.next >= to { isDone = true }
                reader.release(record)
            }
            for case .reachedEnd(input, let end) in events where end >= to { isDone = true }
        }
    }

    private func begin(_ input: TopicPartition, from: Offset, to: Offset) throws(LogError) {
        // What a head or a batch record names has been there: without it, waiting has no end.
        let end = try reader.end(of: input, isolation: .committed)
        guard end >= to else {
            let place = "\(input.topic.name)/\(input.partition.rawValue)"
            throw LogError(
                operation: "read again", code: "OFFSET_OUT_OF_RANGE", reaction: .stopProcess,
                message: "\(place) ends at \(end.rawValue), but the task's head has read it to "
                    + "\(to.rawValue)",
                hint: "The log lost data or is another one: restore it, or check --log and "
                    + "--topic-prefix.")
        }
        try reader.assign([(input, from)])
    }
}
