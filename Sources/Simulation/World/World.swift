// A world: a plant, brokers, machines and their processes, and everything that goes wrong, by one
// seed. What runs in it is the product: StreamThread with its tasks, stores and decisions.
//
//   safety phase     the plant works; processes die, sleep, come back; the log misbehaves
//   liveness phase   everything heals: all input must be decided within a bound, all that is due
//                    must fire, or the run is stuck
//
// One thread steps it. A seed is a run: nothing here asks the machine for time or luck.

package import Contracts
import Decisions
import EventLog
import EventModel
import Worker

/// One run.
package final class World {
    static let deployment = "sim"
    static let stateDirectory = "/state"
    static let start = Instant(milliseconds: 1_767_592_800_000)  // 2026-01-05T06:00:00Z
    /// Of the group and of transactions, as in the product.
    static let sessionMilliseconds: Int64 = 10_000

    let seed: UInt64
    let options: SwarmOptions
    let canary: Canary?
    let registry: ContractRegistry
    let policy: Policy
    let clock = WorldClock(start: World.start)
    let log: SimulatedLog
    let workload: Workload
    var dice: Dice
    /// By pod: "a", "b", ...; a process that was replaced while it slept is among `zombies`.
    var pods: [Pod] = []
    var zombies: [WorldProcess] = []
    var isHealed = false
    var nextRecord = 0
    var redrives = 0
    var depth = 0
    var report: WorldReport
    /// Told what happens, line by line; nil when nobody listens.
    let onTrace: ((String) -> Void)?

    /// A place where a process of that name runs, or may run again.
    struct Pod {
        let name: String
        var disk: SimulatedDisk
        /// Its disk as it once was.
        var oldImage: SimulatedDisk.Image?
        /// Names its producers. As in the product, a pod's own name when it is a static member,
        /// else an id that is kept on its disk.
        var identity: String
        let machine: MachineClock
        var process: WorldProcess?
    }

    package init(
        seed: UInt64, registry: ContractRegistry, canary: Canary? = nil,
        options: SwarmOptions? = nil, onTrace: ((String) -> Void)? = nil
    ) {
        self.seed = seed
        self.registry = registry
        self.canary = canary
        let options = options ?? SwarmOptions(seed: seed)
        self.options = options
        self.onTrace = onTrace
        policy = options.policy
        dice = Dice(seed: seed, part: 3)
        report = WorldReport(seed: seed)
        workload = Workload(seed: seed, options: options, start: World.start)
        let clock = clock
        log = SimulatedLog(clock: { clock.now })
        var faults = BrokerFaults(dice: Dice(seed: seed, part: 4))
        faults.lateMarkers = options.lateMarkers
        faults.slowFetches = options.slowFetches
        faults.lostAnswers = options.lostAnswers
        log.faults = faults
        for topic in Topic.allCases {
            log.create(
                topic,
                TopicDescription(partitions: options.partitions, replication: 1, settings: [:]))
        }
        for name in ["a", "b", "c", "d"].prefix(options.workers) {
            let machine = MachineClock(clock)
            if options.drift { machine.setDrift(millionths: Int64(dice.roll(-200...200))) }
            pods.append(Pod(name: name, disk: makeDisk(), identity: name, machine: machine))
        }
        log.onWait = { [unowned self] in wait(atMost: $0) }
    }

    /// Runs the seed to its end.
    package func run() -> WorldReport {
        trace { "seed \(seed): \(options.partitions) partitions, \(options.workers) workers" }
        work()
        if report.findings.isEmpty { heal() }
        if report.findings.isEmpty { settle() }
        if report.findings.isEmpty { checkEverything() }
        for process in pods.compactMap(\.process) + zombies { process.stream.die() }
        return report
    }

    func trace(_ line: () -> String) {
        guard let onTrace else { return }
        let time = clock.milliseconds - World.start.milliseconds
        let text = line().replacing("EventModel.", with: "")
            .replacing("Partition(rawValue: ", with: "(").replacing("Offset(rawValue: ", with: "(")
        onTrace("\(time) \(text)")
    }

    func find(_ what: String) {
        trace { "FOUND \(what)" }
        report.findings.append(what)
    }

    // MARK: - The safety phase

    private func work() {
        arrive(at: 0)
        let stepsMax = 40 + options.events * 4
        let pace = max(1, Int(options.spanMilliseconds) / stepsMax)
        while report.findings.isEmpty {
            let elapsed = clock.milliseconds - World.start.milliseconds
            guard elapsed < options.spanMilliseconds || nextRecord < workload.records.count,
                report.steps < stepsMax * 4
            else { break }
            report.steps += 1
            pass(Int64(dice.chance(60) ? dice.roll(pace + 1) : dice.roll(2 * pace + 2)))
            misbehave()
            stepSomebody()
        }
    }

    /// True time goes by: markers arrive, sessions expire, the plant sends.
    func pass(_ milliseconds: Int64) {
        clock.advance(milliseconds: milliseconds)
        log.tick(transactionMillisecondsMax: World.sessionMilliseconds)
        let now = clock.now
        for pod in pods {
            if let process = pod.process, process.beats { beat(process, now) }
        }
        for process in zombies where process.beats { beat(process, now) }
        log.group.expire(
            before: Instant(milliseconds: now.milliseconds - World.sessionMilliseconds))
        sendDue()
    }

    private func beat(_ process: WorldProcess, _ now: Instant) {
        if let member = process.stream.inner.inner.member {
            log.group.heartbeat(of: member, at: now)
        }
    }

    private func sendDue() {
        let elapsed = clock.milliseconds - World.start.milliseconds
        while nextRecord < workload.records.count,
            workload.records[nextRecord].atMilliseconds <= elapsed
        {
            let record = workload.records[nextRecord]
            nextRecord += 1
            produce(record.topic, record.partition, key: record.key, value: record.value)
        }
    }

    func produce(_ topic: Topic, _ partition: Partition?, key: [UInt8]?, value: [UInt8]?) {
        let count = options.partitions
        let chosen =
            partition
            ?? key.map { $0.withUnsafeBytes { Partition.of(key: $0, count: count) } }
            ?? Partition(Int32(dice.roll(Int(count))))
        let place = TopicPartition(topic, chosen)
        report.count("records sent")
        log.append(place, transaction: nil) { offset, time in
            trace { "sent \(topic.name)/\(chosen.rawValue) \(offset.rawValue)" }
            return PlainRecord(place, offset, time, key: key, value: value, headers: [])
        }
    }

    /// Somebody waits for an answer: a little or all of that time goes by.
    func wait(atMost milliseconds: Int64) {
        pass(isHealed ? milliseconds : Int64(1 + dice.roll(Int(max(1, milliseconds)))))
    }
}
