// One run of the demo: a worker on threads of its own, a producer that follows the script, and a
// reader that tells what comes out.

import Configuration
import Contracts
import Decisions
import EventLog
import EventModel
import Glibc
import Synchronization
import Worker

/// Feeds, watches and tells.
final class DemoRun {
    private let call: Invocation
    private let script: DemoScript
    private let clock: DemoClock
    private let runID: String
    private let narrator: DemoNarrator
    private var records: ContiguousArray<LogRecord> = []
    private var events: [LogEvent] = []
    private var hasReleased = false
    private var lastNews: Int64 = 0

    init(call: Invocation, script: DemoScript, clock: DemoClock, runID: String) {
        self.call = call
        self.script = script
        self.clock = clock
        self.runID = runID
        narrator = DemoNarrator(terminal: call.terminal, clock: clock)
    }

    func run() throws(CommandError) {
        try makeTopics()
        let reader = try reaching { () throws(LogError) in try call.logs.reader(call.settings) }
        let writer = try reaching { () throws(LogError) in
            try LogFactory(environment: clock.workerEnvironment).writer(call.settings)
        }
        defer {
            reader.close()
            writer.close()
        }
        let positions = try reaching { () throws(LogError) in try Self.ends(reader) }
        try reaching { () throws(LogError) in try reader.assign(positions) }
        introduce()
        let supervisor = Supervisor()
        let failure = Mutex<CommandError?>(nil)
        let launch = try launch()
        let worker = PlainThread {
            do throws(CommandError) { try launch.run(supervisor) } catch {
                failure.withLock { $0 = error }
            }
        }
        let outcome = Result { () throws(CommandError) in
            try follow(reader: reader, writer: writer) { failure.withLock { $0 != nil } }
        }
        supervisor.stop.request()
        worker.join()
        if let error = failure.withLock({ $0 }) { throw error }
        try outcome.get()
        DemoSummary(narrator: narrator, script: script, call: call).print()
    }

    private func launch() throws(CommandError) -> WorkerLaunch {
        let directory = try StateDirectory(call.settings.text(.state) ?? "./state")
        var launch = try WorkerLaunch(call, directory: directory, notify: { _ in })
        launch.environment = clock.workerEnvironment
        if clock.isFast {
            // Everything lives in fast time, so what is measured in it grows with it.
            launch.settings.limits.clockMeasureMillisecondsMax *= clock.speed
            launch.settings.limits.clockMeasureIntervalMilliseconds *= clock.speed
        }
        launch.lockedDirectory = directory
        return launch
    }

    private func introduce() {
        let terminal = call.terminal
        terminal.line(terminal.styled("Holdfast demo: \(script.title)", .bold))
        terminal.line(
            clock.isFast
                ? "The clock runs \(clock.speed) times as fast as yours: eight hours in "
                    + "\(8 * 3600 / clock.speed) seconds. The log is embedded; nothing else is needed."
                : "In real time, on Kafka. The plant's eight hours are sent in "
                    + "\(8 * 3600 / clock.speed) seconds.")
        terminal.line()
    }

    /// Sends what is due and tells what came, until the shift is over and all is quiet.
    private func follow(
        reader: any LogReader, writer: any LogWriter, hasFailed: () -> Bool
    ) throws(CommandError) {
        var next = 0
        lastNews = call.environment.monotonicMicroseconds()
        let started = lastNews
        while !call.shouldEnd, !hasFailed() {
            let plant = clock.plantNow
            var sent = false
            while next < script.steps.count, script.steps[next].at <= plant {
                try send(script.steps[next], writer)
                next += 1
                sent = true
            }
            if !hasReleased, plant >= script.releaseAt { sent = try releaseLot(writer) || sent }
            if sent { try reaching { () throws(LogError) in try writer.flush() } }
            try listen(reader)
            let monotonic = call.environment.monotonicMicroseconds()
            let isOver = next == script.steps.count && plant >= script.end
            if isOver, monotonic - lastNews > 1_500_000 { return }
            if monotonic - started > 120_000_000 { return }
        }
    }

    private func send(_ step: DemoStep, _ writer: any LogWriter) throws(CommandError) {
        if let note = step.note { narrator.announce(note) }
        try write(topic: step.topic, key: step.key, value: step.stamped(at: clock.now), writer)
    }

    private func write(topic: Topic, key: String, value: String, _ writer: any LogWriter)
        throws(CommandError)
    {
        let key = Array(key.utf8)
        let value = Array(value.utf8)
        try reaching { () throws(LogError) in
            try key.withUnsafeBytesTyped { key throws(LogError) in
                try value.withUnsafeBytesTyped { value throws(LogError) in
                    try writer.write(
                        topic: topic, partition: nil, key: key, value: value, headers: [])
                }
            }
        }
    }

    /// QA signs off every open hold of the lot, then accepts it.
    private func releaseLot(_ writer: any LogWriter) throws(CommandError) -> Bool {
        hasReleased = true
        let lot = script.releasedLot
        let holds = narrator.openHolds[lot] ?? []
        guard !holds.isEmpty else { return false }
        narrator.announce("QA reviews lot \(lot) and signs off its \(holds.count) open holds")
        let now = clock.now.text
        func event(_ type: String, _ id: String, _ data: String) -> String {
            #"{"specversion":"1.0","id":"\#(runID)/\#(id)","source":"/qms/demo","type":"\#(type)","#
                + #""subject":"lot/\#(lot)","time":"\#(now)","data":\#(data)}"#
        }
        for (index, hold) in holds.enumerated() {
            let data =
                #"{"holdId":"\#(hold.holdId)","subject":{"type":"lot","id":"\#(lot)"},"#
                + #""owner":"\#(hold.owner)","approver":"qa.lead","meaning":"reviewed, no impact","#
                + #""signedAt":"\#(now)"}"#
            try write(
                topic: .qmsQuality, key: lot,
                value: event("qms.holdReleaseApproved.v1", "release-\(index)", data), writer)
        }
        let decision =
            #"{"lotId":"\#(lot)","decision":"accepted","decidedBy":"qa.lead","#
            + #""meaning":"released for shipment","signedAt":"\#(now)"}"#
        try write(
            topic: .qmsQuality, key: lot,
            value: event("qms.dispositionDecided.v1", "disposition-2", decision), writer)
        return true
    }

    private func listen(_ reader: any LogReader) throws(CommandError) {
        records.removeAll(keepingCapacity: true)
        events.removeAll(keepingCapacity: true)
        try reaching { () throws(LogError) in
            try reader.poll(
                records: &records, events: &events, max: 500, timeoutMilliseconds: 5)
        }
        if !records.isEmpty { lastNews = call.environment.monotonicMicroseconds() }
        for record in records {
            narrator.tell(record)
            reader.release(record)
        }
    }

    private func makeTopics() throws(CommandError) {
        let admin = try reaching { () throws(LogError) in try call.logs.admin(call.settings) }
        defer { admin.close() }
        let found = try reaching { () throws(LogError) in try admin.describe(Topic.allCases) }
        for contract in TopicContract.all where found[contract.topic] == nil {
            try reaching { () throws(LogError) in
                try admin.create(
                    contract.topic,
                    as: TopicDescription(
                        partitions: contract.partitions, replication: contract.replication,
                        settings: contract.kafkaSettings))
            }
        }
    }

    /// Where the outbound topics end now: the demo tells only of what it does itself.
    private static func ends(_ reader: any LogReader) throws(LogError) -> [(TopicPartition, Offset)] {
        var positions: [(TopicPartition, Offset)] = []
        for topic in DemoNarrator.topics {
            for number in 0..<(try reader.partitionCount(of: topic)) {
                let partition = TopicPartition(topic, Partition(number))
                positions.append((partition, try reader.end(of: partition, isolation: .committed)))
            }
        }
        return positions
    }
}

extension Array<UInt8> {
    /// `withUnsafeBytes` with the error's type kept.
    func withUnsafeBytesTyped<Result, Failure: Error>(
        _ body: (ByteView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try self[...].withUnsafeBytesTyped(body)
    }
}
