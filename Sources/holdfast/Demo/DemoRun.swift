// One run of the demo: a worker on threads of its own, a producer that follows the script, and a
// reader that tells what comes out.

import Configuration
import EventLog
import EventModel
import Glibc
import Synchronization
import Worker

/// Feeds, watches and tells.
final class DemoRun {
    /// So long the worker may take to start, and the last effects to come, in microseconds.
    private static let patience: Int64 = 30_000_000
    /// No further task comes when none came for so long.
    private static let shareIsSettled: Int64 = 5_000_000
    /// The story is over when nothing came for so long.
    private static let silence: Int64 = 1_200_000

    /// So long records are gathered before they are told, in microseconds.
    private static let gathering: Int64 = 50_000

    let call: Invocation
    let place: DemoPlace
    let script: DemoScript
    let clock: DemoClock
    let runID: String
    let page: DemoPage
    let narrator: DemoNarrator
    /// The next steps of the plant and of the people.
    var nextOfPlant = 0
    var nextOfPeople = 0
    var hasReleased = false
    /// Values as they were sent, by what they were made of.
    var sent: [String: String] = [:]
    private var toldHours: Int64 = 0
    private var records: ContiguousArray<LogRecord> = []
    private var events: [LogEvent] = []
    private var lastNews: Int64 = 0
    private var waitingSince: Int64 = 0

    init(
        call: Invocation, place: DemoPlace, script: DemoScript, clock: DemoClock, runID: String
    ) {
        self.call = call
        self.place = place
        self.script = script
        self.clock = clock
        self.runID = runID
        page = DemoPage(
            terminal: call.terminal, isFast: clock.isFast, isJSON: call.settings.isJSON)
        narrator = DemoNarrator(page: page)
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
        let tasks = try reaching { () throws(LogError) in
            Int(try reader.partitionCount(of: .mesExecution))
        }
        introduce()
        let worker = try DemoWorker(launch())
        let outcome = Result { () throws(CommandError) in
            try waitUntilReady(worker, tasks: tasks)
            clock.begin()
            defer { tellAll(reader) }
            try follow(reader: reader, writer: writer, worker: worker)
        }
        try worker.finish()
        try outcome.get()
        if call.isStopRequested() {
            page.remark()
            page.remark("Stopped before the shift was over.")
        }
        DemoSummary(
            counts: narrator.counts, hold: narrator.richestHold, place: place,
            program: call.program
        ).print(on: page)
    }

    private func launch() throws(CommandError) -> (WorkerLaunch, DemoWorker.Readiness) {
        let directory = try StateDirectory(place.state)
        let readiness = DemoWorker.Readiness()
        var launch = try WorkerLaunch(call, directory: directory) { readiness.note($0) }
        launch.environment = clock.workerEnvironment
        if clock.isFast {
            // Everything lives in fast time, so what is measured in it grows with it.
            launch.settings.limits.clockSkewMillisecondsMax *= clock.speed
            launch.settings.limits.clockMeasureMillisecondsMax *= clock.speed
            launch.settings.limits.clockMeasureIntervalMilliseconds *= clock.speed
        }
        launch.lockedDirectory = directory
        return (launch, readiness)
    }

    private func introduce() {
        let seconds = DemoScript.hours * 3600 / clock.speed
        page.remark("Holdfast demo: \(script.title)", isBold: true)
        page.remark(
            clock.isFast
                ? "The clock runs fast: eight hours pass in \(seconds) seconds. "
                    + "The log is embedded; nothing else is needed."
                : "The plant's eight hours are sent in \(seconds) seconds; "
                    + "everything else is in real time, on \(call.settings.text(.log) ?? "").")
        page.remark()
    }

    /// Until every task reads its inputs; another worker of the deployment may have some of them.
    private func waitUntilReady(_ worker: DemoWorker, tasks: Int) throws(CommandError) {
        let began = call.environment.monotonicMicroseconds()
        var seen = 0
        var lastSeen = began
        while worker.readiness.tasks < tasks, !worker.hasEnded, !call.shouldEnd {
            let now = call.environment.monotonicMicroseconds()
            if worker.readiness.tasks > seen {
                seen = worker.readiness.tasks
                lastSeen = now
            }
            let hasItsShare = seen > 0 && now - lastSeen > Self.shareIsSettled
            guard !hasItsShare, now - began < Self.patience else { return }
            usleep(20_000)
        }
    }

    /// Sends what is due and tells what came, until the shift is over and all is quiet.
    private func follow(
        reader: any LogReader, writer: any LogWriter, worker: DemoWorker
    ) throws(CommandError) {
        lastNews = call.environment.monotonicMicroseconds()
        var over: Int64?
        while !call.shouldEnd, !worker.hasEnded {
            let plant = clock.plantNow
            try feed(writer, plant: plant)
            try listen(reader)
            closeHours(plant)
            call.terminal.flush()
            let monotonic = call.environment.monotonicMicroseconds()
            guard plant >= script.end, nextOfPlant == script.plant.count else { continue }
            let since = over ?? monotonic
            over = since
            let isQuiet = monotonic - lastNews > Self.silence
            if isQuiet, isTold || monotonic - since > Self.patience { return }
        }
    }

    /// Whether everything that the script brings about was seen.
    private var isTold: Bool {
        nextOfPeople == script.people.count && hasReleased && narrator.counts.changes > 0
            && narrator.counts.dispositions > 0
    }

    private func closeHours(_ plant: Instant) {
        let passed = (min(plant, script.end).rawValue - script.start.rawValue) / 3_600_000_000
        guard passed > toldHours else { return }
        toldHours = passed
        narrator.closeHour(
            passed,
            at: clock.isFast ? script.start.advanced(seconds: passed * 3600) : clock.now)
    }

    private func listen(_ reader: any LogReader) throws(CommandError) {
        events.removeAll(keepingCapacity: true)
        let before = records.count
        try reaching { () throws(LogError) in
            try reader.poll(
                records: &records, events: &events, max: 500, timeoutMilliseconds: 5)
        }
        let now = call.environment.monotonicMicroseconds()
        if records.count > before { lastNews = now }
        if before == 0 { waitingSince = now }
        guard !records.isEmpty, now - waitingSince >= Self.gathering else { return }
        tellAll(reader)
    }

    /// What one transaction wrote arrives topic by topic, in any order; people read a story in the
    /// order in which it happened, and a hold before what follows from it.
    private func tellAll(_ reader: any LogReader) {
        let grain = clock.isFast ? 1 : Self.gathering
        func place(_ record: LogRecord) -> (Int64, Int, Int32, Offset) {
            (
                record.appendTime.rawValue / grain,
                DemoNarrator.topics.firstIndex(of: record.topic) ?? 0,
                record.partition.rawValue, record.offset
            )
        }
        for record in records.sorted(by: { place($0) < place($1) }) {
            narrator.tell(record)
            reader.release(record)
        }
        records.removeAll(keepingCapacity: true)
    }

    private func makeTopics() throws(CommandError) {
        let settings = call.settings
        let admin = try reaching { () throws(LogError) in try call.logs.admin(settings) }
        defer { admin.close() }
        let found = try reaching { () throws(LogError) in try admin.describe(Topic.allCases) }
        for contract in TopicContract.all where found[contract.topic] == nil {
            let wanted = TopicDescription(
                partitions: settings.integer(.partitions).map { Int32($0) } ?? contract.partitions,
                replication: settings.integer(.replication).map { Int32($0) }
                    ?? contract.replication,
                settings: contract.kafkaSettings)
            try reaching { () throws(LogError) in try admin.create(contract.topic, as: wanted) }
        }
    }

    /// Where the outbound topics end now: the demo tells only of what it does itself.
    private static func ends(_ reader: any LogReader) throws(LogError) -> [(TopicPartition, Offset)]
    {
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
