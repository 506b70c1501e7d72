// One case of the first kind: an order of events, and one thing that goes wrong at one commit.

import Contracts
import EventLog
import EventModel
import Worker

/// What goes wrong, once.
enum CaseAccident: Equatable, Sendable {
    /// Nothing does: the calm run.
    case none
    /// The process dies there, and its disk with the fate given.
    case dies(at: CasePoint, DiskFate)
    /// The log answers so instead.
    case answers(SimulatedLog.Fault)
    /// The log's answer is lost although all is committed.
    case unanswered
    /// The store's part of the commit meets this.
    case disk(DiskFault)
    /// The power goes at the store's n-th operation after the commit.
    case power(after: Int, DiskFate)
}

/// One order, one accident at one commit.
struct OrderCase: Sendable {
    var events: [CaseEvent]
    var recordsPerBatch: Int
    /// The commit it happens at, from 0.
    var commit: Int
    var accident: CaseAccident

    var name: String {
        "\(events.map(\.name).joined(separator: ", ")); \(recordsPerBatch) a batch; "
            + "commit \(commit): \(accident)"
    }
}

/// What a run came to.
struct OrderOutcome {
    var seen: [TopicPartition: [String]]
    var findings: [String]
    /// Commits that were begun, and the store's operations in the first one.
    var commits: Int
    var storeOperations: Int
    /// The accident has happened.
    var hasHappened: Bool
}

/// Runs one case through a real stream thread.
final class OrderRun {
    private let order: OrderCase
    private let world: CaseWorld
    private let worker: CaseWorker
    private var commits = -1
    private var storeOperations = 0
    private var operationsBefore: Int?
    private var hasHappened = false
    /// The fate of the disk at the next death.
    private var fate = DiskFate.kept

    init(_ order: OrderCase, registry: ContractRegistry, defect: CaseDefect?) throws {
        self.order = order
        world = try CaseWorld(partitions: 1, registry: registry)
        world.limits.batchRecordsMax = order.recordsPerBatch
        try world.produce(order.events)
        worker = try CaseWorker(world, name: "a", disk: SimulatedDisk(), defect: defect)
    }

    func run() throws -> OrderOutcome {
        worker.at = { [unowned self] (point) throws(LogError) in try pass(point) }
        try settle()
        worker.at = nil
        try worker.drain(owning: [0])
        return OrderOutcome(
            seen: world.seen(), findings: world.findings([worker]), commits: commits + 1,
            storeOperations: storeOperations, hasHappened: hasHappened)
    }

    private func settle() throws {
        var quiet = 0
        for _ in 0..<600 {
            do {
                try worker.thread.step()
                quiet = try worker.thread.isIdle() ? quiet + 1 : 0
            } catch {
                guard worker.disk.isOff || hasHappened else { throw error }
                try worker.restart(fate)
                fate = .kept
                quiet = 0
            }
            // Beyond the last instant: an accident takes time, and what is due then is due in a
            // calm run as well.
            if quiet >= 2, world.clock.now > CaseEvents.lastInstant { return }
            world.clock.advance(milliseconds: 1)
        }
        throw CaseFailure(findings: ["no rest in 600 turns"])
    }

    private func pass(_ point: CasePoint) throws(LogError) {
        if point == .poll, let before = operationsBefore {
            storeOperations = worker.disk.operations - before
            operationsBefore = nil
        }
        if point == .commit { commits += 1 }
        guard commits == order.commit, !hasHappened else { return }
        if point == .ended { operationsBefore = worker.disk.operations }
        switch order.accident {
        case .none: break
        case .dies(at: point, let how):
            hasHappened = true
            fate = how
            throw .killed
        case .answers(let fault) where point == .commit:
            hasHappened = true
            worker.stream.inner.failNextCommit(fault)
        case .unanswered where point == .ended:
            hasHappened = true
            throw .unanswered
        case .disk(let fault) where point == .ended:
            hasHappened = true
            worker.disk.plan(fault)
        case .power(let after, let how) where point == .ended:
            hasHappened = true
            fate = how
            worker.disk.plan(DiskFault(.powerCut, after: after))
        case .dies, .answers, .unanswered, .disk, .power: break
        }
    }
}
