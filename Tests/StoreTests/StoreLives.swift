// Processes that work one after another on one task's file by the worker's rule, while its disk
// fails: what the anomaly tests drive and ask.

import EventModel
import Simulation
import Testing

@testable import Store

/// Commits batches 1...goal, with an orderly end in between. After any error: the connection is
/// dropped, the file opened again, the position read, and what the log has more rolled forward.
final class StoreLives {
    let disk: SimulatedDisk
    let goal = 5
    /// The last batch whose commit was begun, and the last whose commit returned.
    private(set) var attempted = 0
    private(set) var acknowledged = 0
    /// The file was set aside: its batches are read back from the log.
    private(set) var setAsides = 0
    /// A sync failed and the file was removed.
    private(set) var givenUp = 0
    /// Errors met, by their reaction.
    private(set) var reactions: [StoreError.Reaction] = []
    /// What was found wrong; empty when all is well.
    private(set) var wrongs: [String] = []
    /// A commit that threw, and was there when the file was opened again.
    private(set) var commitsThatThrewAndStayed = 0
    private(set) var commitsThatThrew = 0
    /// What is committed each time before the WAL goes into the file: a checkpoint at every commit
    /// reaches in five batches what takes days otherwise.
    var checkpointPages = 3
    private var threw: Int?
    private var startsOver: String?

    init(_ disk: SimulatedDisk) { self.disk = disk }

    /// Works until the goal is reached or the power goes; true when it is reached.
    func run() -> Bool {
        for _ in 0..<30 {
            do throws(StoreError) {
                if try work() { return true }
            } catch {
                reactions.append(error.reaction)
                react(to: error)
            }
            if disk.isOff { return false }
        }
        wrongs.append("no end after 30 lives: \(reactions)")
        return false
    }

    private func react(to error: StoreError) {
        switch error.reaction {
        case .dropConnection: break
        case .setAside: startsOver = error.message
        case .diskFull:
            // The operator frees space and starts again.
            disk.kill(directory: "/state")
            disk.setCapacity(bytes: nil)
        case .stopProcess: disk.kill(directory: "/state")
        case .inUse, .refuse: wrongs.append("unexpected: \(error)")
        }
    }

    private func work() throws(StoreError) -> Bool {
        if isGivenUp {
            givenUp += 1
            acknowledged = 0
        }
        let store = try take()
        defer { if disk.isOff { store.connection.drop() } }
        guard let position = try store.wholeBatch() else {
            wrongs.append("a mixture was opened (\(store.openReport))")
            return true
        }
        switch store.openReport {
        case .setAside: setAsides += 1
        case .fresh, .opened:
            if position > attempted { wrongs.append("ahead: \(position) of \(attempted)") }
            // One that was set aside by a process that died before it could begin another.
            if position < acknowledged, !disk.names.contains(where: { $0.contains(".torn-") }) {
                wrongs.append("batch \(acknowledged) was acknowledged, \(position) is there")
            }
        }
        if position == threw { commitsThatThrewAndStayed += 1 }
        threw = nil
        store.connection.checkpointPages = checkpointPages
        guard position < goal else {
            try checkIntegrity(store)
            store.close()
            return true
        }
        for number in position + 1...goal {
            attempted = max(attempted, number)
            do throws(StoreError) { try store.commitSmall(number) } catch {
                threw = number
                commitsThatThrew += 1
                throw error
            }
            acknowledged = number
            if number == 3 { break }
        }
        store.close()
        return false
    }

    /// The file is gone, as it has to be after a sync that failed, and only then.
    private var isGivenUp: Bool {
        acknowledged > 0 && !disk.names.contains("/state/\(fileName)")
            && givenUp < disk.faultsMet.count { $0.hasPrefix("sync") }
    }

    private func take() throws(StoreError) -> TaskStore {
        guard let why = startsOver else { return try disk.open() }
        let store = try TaskStore.startOver(
            directory: "/state", identity: .test, why: why, files: disk)
        startsOver = nil
        return store
    }

    private func checkIntegrity(_ store: TaskStore) throws(StoreError) {
        let check = try store.connection.prepare("PRAGMA integrity_check")
        guard try check.step(), check.text(0) == "ok" else {
            wrongs.append("integrity_check: \(check.text(0))")
            return
        }
    }

    /// The power comes back and has left what the fate says: nothing unsynced was promised.
    func powerReturns(_ fate: DiskFate) {
        disk.crash(fate)
        if fate != .kept { acknowledged = 0 }
    }

    /// The same lives on the disk as an image has it, to go on in another way.
    func fork(from image: SimulatedDisk.Image) -> StoreLives {
        let other = StoreLives(SimulatedDisk(seed: 1))
        other.disk.restore(image, isSynced: false)
        other.attempted = attempted
        other.acknowledged = acknowledged
        other.checkpointPages = checkpointPages
        return other
    }
}

/// Batches without a dedupe window, whose tables would cost more than all the rest.
extension TaskStore {
    func commitSmall(_ number: Int) throws(StoreError) {
        let block = SightingBlock.pack(topic: .mesExecution, bucket: 0, count: 1) { add in
            add(.init(low: UInt64(number), high: 1, content: 2))
        }
        try commit(
            rows: [
                RowChange(key: "lot/\(number)", value: Array("value \(number)".utf8)),
                RowChange(key: "shared", value: Array("\(number)".utf8)),
            ],
            head: Array("head \(number)".utf8), changelogNext: Offset(Int64(number * 10)),
            savedAt: Instant(rawValue: Int64(number)), sightings: [block])
    }

    /// The batch whose rows, sightings and head are all there, and no others.
    func wholeBatch() throws(StoreError) -> Int? {
        let number = Int((changelogNext?.rawValue ?? 0) / 10)
        var expected = (0..<number).map { "lot/\($0 + 1)=value \($0 + 1)" }
        if number > 0 { expected.append("shared=\(number)") }
        var seen: [UInt64] = []
        var cursor = try sightings(topic: .mesExecution, fromBucket: 0)
        while let block = try cursor.next() {
            do throws(SightingError) {
                try block.forEach { (entry) throws(SightingError) in seen.append(entry.low) }
            } catch {
                throw .damaged("read sightings", path: connection.path, error.description)
            }
        }
        let isWhole =
            try allRows() == expected && seen == (0..<number).map { UInt64($0 + 1) }
            && head == (number == 0 ? nil : Array("head \(number)".utf8))
        return isWhole ? number : nil
    }
}
