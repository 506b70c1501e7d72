// The liveness phase: everything heals, and then all that was sent must be decided and all that is
// due must have fired, within a bound. A worker that is right but never gets there is wrong.

import EventLog
import EventModel
import Worker

extension World {
    /// Rounds in which all must have come to rest.
    private static let roundsMax = 3_000

    /// Nothing goes wrong any more: brokers answer, clocks are right, every pod has its process.
    func heal() {
        trace { "everything heals" }
        isHealed = true
        log.faults?.heal()
        for process in zombies { process.pausedUntil = nil }
        for index in pods.indices {
            pods[index].machine.correct()
            pods[index].disk.heal()
            pods[index].process?.pausedUntil = nil
            pods[index].process?.stream.pointsToLive = nil
        }
        for process in zombies {
            process.stream.pointsToLive = nil
            process.disk.heal()
        }
    }

    /// Steps everybody until nothing is left to do, now and after the last instant of all.
    func settle() {
        guard rest("what was sent") else { return }
        let left = workload.lastInstant.milliseconds - clock.milliseconds
        pass(max(0, left) + 1_000)
        guard rest("what is due") else { return }
    }

    private func rest(_ what: String) -> Bool {
        var quiet = 0
        for _ in 0..<World.roundsMax {
            report.steps += 1
            pass(Int64(dice.pick([5, 20, 100, 200])))
            for index in pods.indices {
                if pods[index].process == nil { arrive(at: index) }
                if let process = pods[index].process { step(process) }
            }
            for process in zombies { step(process) }
            guard report.findings.isEmpty else { return false }
            quiet = isAtRest() ? quiet + 1 : 0
            if quiet == 3 { return true }
        }
        find(
            "stuck: after \(World.roundsMax) rounds without a fault, "
                + "\(what) is not done: \(standing)")
        return false
    }

    private func isAtRest() -> Bool {
        guard nextRecord == workload.records.count, !log.hasMarkersUnderWay,
            !log.hasOpenTransactions
        else { return false }
        var owned = 0
        do {
            for process in pods.compactMap(\.process) + zombies {
                // What it runs may have another owner by now.
                if process.stream.inner.inner.isUntold { return false }
                guard try process.isIdle() else { return false }
                owned += process.thread.runningPartitions.count
            }
        } catch { return false }
        return owned == Int(options.partitions)
    }

    /// Who has what, for the report of a run that is stuck.
    private var standing: String {
        (pods.compactMap(\.process) + zombies).map { process in
            let own = process.thread.runningPartitions.map { "\($0.rawValue)" }
            let awaited = process.thread.awaitedPartitions.map { "\($0.rawValue)" }
            return "\(process.name) runs [\(own.joined(separator: " "))], awaits "
                + "[\(awaited.joined(separator: " "))]"
        }.joined(separator: "; ")
    }
}
