// What is checked at the end of a run: by the worker's own code, deciding everything again, and by
// judges who share no code with it.

import Decisions
import Digests
import EventLog
import EventModel
import Store
import Worker

extension World {
    func checkEverything() {
        verify()
        examine()
        report.digest = digest()
    }

    /// Everything is decided again from inputs and batch records, as they were written.
    private func verify() {
        let log = log
        let policy = policy
        let verification = Verification(
            deployment: World.deployment, limits: options.limits, registry: registry,
            makeReader: { SimulatedLogReader(log, isArchive: true) },
            policyOf: { $0 == policy.canonicalJSON ? policy : nil })
        do {
            let found = try verification.run(progress: { _ in true })
            for difference in found?.differences ?? ["verification stopped"] { find(difference) }
            report.count("batches", by: found?.batches ?? 0)
            report.count("outputs", by: Int(found?.outputs ?? 0))
        } catch {
            find("verification: \(error)")
        }
    }

    /// The checkers' model, from what the log and the disks show.
    private func examine() {
        var evidence = RunEvidence(log, deployment: World.deployment)
        evidence.policyText = policy.canonicalJSON
        evidence.rules.dedupeBucketSeconds = options.limits.dedupeBucketSeconds
        evidence.rules.dedupeWindowSeconds = options.limits.dedupeWindowSeconds
        evidence.rules.listedHoldsMax = options.limits.listedHoldsMax
        evidence.rules.gapSeconds = policy.correlation.gapSeconds
        evidence.rules.spanSeconds = policy.correlation.spanSeconds
        evidence.rules.membersMax = policy.correlation.membersMax
        evidence.rules.groupRetentionSeconds = policy.correlation.groupRetentionSeconds
        // A clock that is set to another time is noticed with the next report, up to 10 s later.
        evidence.rules.timerEarlyMilliseconds =
            5_000 + (options.leaderChanges > 0 ? 8_000 : 0) + (options.clockJumps > 0 ? 11_000 : 0)
        evidence.disks = diskEvidence()
        checkEnds(evidence)
        for finding in Checkers.examine(evidence) { find(finding.description) }
    }

    /// The tasks' files as they are after the workers have gone.
    private func diskEvidence() -> [DiskEvidence] {
        var found: [DiskEvidence] = []
        for process in pods.compactMap(\.process) + zombies {
            let owned = process.thread.runningPartitions
            process.stream.die()
            process.disk.kill(directory: World.stateDirectory)
            for partition in owned {
                do {
                    let store = try TaskStore.open(
                        directory: World.stateDirectory,
                        identity: TaskIdentity(
                            deployment: World.deployment, partition: partition,
                            partitionCount: options.partitions), files: process.disk)
                    defer { store.close() }
                    if isDamaged(store, of: process) { continue }
                    found.append(
                        try DiskEvidence(
                            store, worker: process.name, task: partition.rawValue, isOwner: true))
                } catch {
                    find("the file of task \(partition.rawValue) at \(process.name): \(error)")
                }
            }
        }
        return found
    }

    /// A disk that tore its file says nothing; one that had no fault may not have.
    private func isDamaged(_ store: TaskStore, of process: WorldProcess) -> Bool {
        guard case .setAside(_, let why) = store.openReport else { return false }
        trace { "\(process.name)'s file of task \(store.identity.partition.rawValue): \(why)" }
        report.count("file damaged at the end")
        if options.diskLuck == nil, options.powerCuts == 0, options.fullDisks == 0 {
            find("\(process.name)'s file is damaged on a disk without faults: \(why)")
        }
        return true
    }

    /// A fingerprint of everything that was ever written: two runs of a seed must agree in it.
    private func digest() -> String {
        var sum: [UInt8] = []
        for topic in Topic.allCases {
            for number in 0..<options.partitions {
                let place = TopicPartition(topic, Partition(number))
                guard let partition = log.partition(place) else { continue }
                for entry in partition.entries {
                    sum.append(entry.record == nil ? 1 : 2)
                    withUnsafeBytes(of: entry.record?.appendTime.rawValue ?? 0) {
                        sum.append(contentsOf: $0)
                    }
                    sum.append(contentsOf: entry.record?.key ?? [])
                    sum.append(contentsOf: entry.record?.value ?? [])
                }
            }
        }
        let mark = sum.withUnsafeBytes { Fingerprinter.of($0) }
        return String(mark.high, radix: 16) + String(mark.low, radix: 16)
    }
}
