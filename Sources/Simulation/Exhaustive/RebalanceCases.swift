// Two workers around one rebalance: which of them goes on is chosen at each of their calls on the
// log (or between their turns), in every way up to a bound; after that they go on in turn. Whatever
// the order, the outputs are those of one worker whom nobody disturbs.

import Contracts
import EventLog
import EventModel
import Worker

/// How partitions come to move.
enum Rebalance: Equatable, Sendable {
    /// A second worker joins.
    case joins
    /// The group takes the first for dead, which stands there and does not know.
    case expires(at: CasePoint)
    /// The second leaves in order.
    case leaves

    static let all: [Rebalance] =
        [.joins, .leaves]
        + [.poll, .commit, .records, .offsets, .pollUnderWay, .ended].map { .expires(at: $0) }
}

/// One schedule.
struct RebalanceCase: Sendable {
    var rebalance: Rebalance
    /// Both keep their files in one directory of one disk.
    var sharesDisk: Bool
    /// The workers stop between turns only.
    var isCoarse: Bool
    /// Bit n: who goes on at the n-th choice.
    var schedule: UInt64
    var choices: Int

    var name: String {
        "\(rebalance), \(sharesDisk ? "one disk" : "two disks"), "
            + "\(isCoarse ? "turns" : "calls"), schedule "
            + String((0..<choices).map { schedule >> UInt64($0) & 1 == 0 ? "a" : "b" })
    }
}

/// Runs one schedule.
final class RebalanceRun {
    private let order: RebalanceCase
    private let world: CaseWorld
    private var workers: [CaseWorker] = []
    private var turns: [CaseTurns] = []
    private let defect: CaseDefect?

    init(
        _ order: RebalanceCase, registry: ContractRegistry, defect: CaseDefect? = nil
    ) throws(LogError) {
        self.order = order
        self.defect = defect
        world = try CaseWorld(partitions: 2, registry: registry)
    }

    /// Lots of both partitions, with what follows for each.
    private static let events: [CaseEvent] = {
        let lots = (0..<2).map { number in
            (0..<100).lazy.map { "L\($0)" }.first { lot in
                withView(Array(lot.utf8)) { Partition.of(key: $0!, count: 2) } == Partition(number)
            }!
        }
        return lots.flatMap { lot in
            [
                CaseEvent.failure("f1-\(lot)", lot: lot, severity: "minor"),
                .failure("f2-\(lot)", lot: lot, severity: "critical"),
                .failure("f1-\(lot)", lot: lot, severity: "minor"),
                .holdRequested("H-\(lot)", lot: "Q-\(lot)"),
                .releaseApproved("H-\(lot)", lot: "Q-\(lot)"),
                .changeApproved("C-\(lot)", after: 5),
            ]
        }
    }()

    /// What one worker makes of the events.
    static func calm(_ registry: ContractRegistry) throws -> [TopicPartition: [String]] {
        let run = try RebalanceRun(
            RebalanceCase(
                rebalance: .leaves, sharesDisk: false, isCoarse: true, schedule: 0, choices: 0),
            registry: registry)
        let worker = try run.add("a", SimulatedDisk())
        run.begin(worker)
        try run.world.produce(events)
        try run.settle()
        _ = run.end(owners: [[0, 1]])
        return run.seen()
    }

    func run() throws -> (seen: [TopicPartition: [String]], findings: [String]) {
        let disk = SimulatedDisk()
        begin(try add("a", disk))
        let other = order.sharesDisk ? disk : SimulatedDisk()
        if order.rebalance != .joins { begin(try add("b", other)) }
        try settle()
        try world.produce(Self.events)
        switch order.rebalance {
        case .joins: begin(try add("b", other))
        case .expires(let point): try expire(at: point)
        case .leaves: turns[1].mustDrain = true
        }
        for turn in turns { turn.isCoarse = order.isCoarse }
        for choice in 0..<order.choices {
            let chosen = Int(order.schedule >> UInt64(choice) & 1)
            turns[turns[chosen].isDone ? 1 - chosen : chosen].resume()
            world.clock.advance(milliseconds: 1)
        }
        try settle()
        let tasks = workers.map(\.tasks)
        var findings = turns.compactMap(\.failure)
        if tasks.reduce(0, { $0 + $1.count }) != 2 { findings.append("tasks: \(tasks)") }
        findings += end(owners: tasks)
        return (seen(), findings)
    }

    /// The first worker goes on alone until it stands there; then its session ends.
    private func expire(at point: CasePoint) throws {
        turns[0].isCoarse = false
        for _ in 0..<200 {
            turns[0].resume()
            if turns[0].point == point { return workers[0].stream.inner.expireSession() }
            world.clock.advance(milliseconds: 1)
        }
        _ = end(owners: workers.map(\.tasks))
        throw CaseFailure(findings: ["the first worker never came to \(point)"])
    }

    /// What was seen, in an order of its own: two tasks write to one partition as they come.
    private func seen() -> [TopicPartition: [String]] { world.seen().mapValues { $0.sorted() } }

    private func add(_ name: String, _ disk: SimulatedDisk) throws -> CaseWorker {
        let worker = try CaseWorker(world, name: name, disk: disk, defect: defect)
        workers.append(worker)
        return worker
    }

    private func begin(_ worker: CaseWorker) { turns.append(CaseTurns(worker)) }

    /// In turn, until nobody has anything to do.
    private func settle() throws {
        for turn in turns { turn.isCoarse = true }
        var quiet = 0
        for _ in 0..<2_000 {
            for turn in turns { turn.resume() }
            world.clock.advance(milliseconds: 10)
            quiet = turns.allSatisfy { $0.isIdle || $0.isDone } ? quiet + 1 : 0
            if quiet == 4 { return }
        }
        _ = end(owners: workers.map(\.tasks))
        throw CaseFailure(findings: ["no rest in 2000 turns"])
    }

    /// Everybody drains; then the log and the disks are looked at.
    private func end(owners: [Set<Int32>]) -> [String] {
        for (turn, owned) in zip(turns, owners) {
            turn.owned = owned
            turn.mustDrain = true
            while !turn.isDone { turn.resume() }
            turn.join()
        }
        return turns.compactMap(\.failure) + world.findings(workers)
    }
}

/// All schedules.
struct RebalanceCases {
    let registry: ContractRegistry
    /// For tests of the cases themselves.
    var defect: CaseDefect?

    func run(
        every stride: Int, choices: Int, _ summary: inout ExhaustiveSummary,
        progress: (ExhaustiveSummary) -> Bool
    ) throws -> Bool {
        let expected = try RebalanceRun.calm(registry)
        var number = 0
        for rebalance in Rebalance.all {
            for (sharesDisk, isCoarse) in [
                (false, false), (false, true), (true, false), (true, true),
            ] {
                for schedule in 0..<UInt64(1) << UInt64(choices) {
                    number += 1
                    guard number % stride == 0 else { continue }
                    let order = RebalanceCase(
                        rebalance: rebalance, sharesDisk: sharesDisk, isCoarse: isCoarse,
                        schedule: schedule, choices: choices)
                    judge(order, expected, &summary)
                    if summary.schedules & 63 == 0, !progress(summary) { return false }
                }
            }
        }
        return true
    }

    private func judge(
        _ order: RebalanceCase, _ expected: [TopicPartition: [String]],
        _ summary: inout ExhaustiveSummary
    ) {
        summary.cases += 1
        summary.schedules += 1
        do {
            let (seen, findings) = try RebalanceRun(order, registry: registry, defect: defect).run()
            for finding in findings { summary.fail(order.name, finding) }
            for (place, lines) in expected.sorted(by: { $0.key < $1.key })
            where seen[place] != lines {
                summary.fail(
                    order.name,
                    "\(place.topic.name)/\(place.partition.rawValue) shows "
                        + "\(seen[place] ?? []), one worker alone \(lines)")
            }
        } catch {
            summary.fail(order.name, "\(error)")
        }
    }
}
