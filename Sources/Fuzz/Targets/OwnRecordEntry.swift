// What a worker reads of its own, each part alone and fast: heads, batch records, rows of state,
// signals. An input is lines KIND TEXT:
//
//     head VALUE      batch VALUE      row KEY VALUE      signal VALUE      expire | fire
//
// Others can write to these topics by mistake, and a newer worker will on purpose: what cannot be
// read is named, and what can be read must not stop a worker later on.

import Contracts
import Decisions
import EventModel
import Worker

/// Reads own records into one task's state.
final class OwnRecordEntry: FuzzEntry {
    private let limits = Limits()
    private var parser = JSONParser(limits: Limits().forOwnRecords)
    private var state = TaskState(policy: .standard, limits: Limits())
    private var effects = Effects()
    private static let linesMax = 64
    /// A policy may allow groups of a million members; that the end of one takes its time is no
    /// finding.
    private var hasLargeGroup = false
    private static let membersMax = 10_000

    func run(_ input: ByteView) {
        state = TaskState(policy: .standard, limits: limits)
        effects.reset()
        hasLargeGroup = false
        var offset: Int64 = 0
        TextLine.forEach(in: input, max: Self.linesMax) { line in
            var line = line
            offset += 1
            switch line.word() {
            case "head":
                do throws(WorkerError) {
                    let head = try TaskHead.parse(Array(line.bytes), limits: limits)
                    _ = (head.epoch + 1, head.sequence + 1)
                } catch { _ = error.description }
            case "batch":
                guard let view = try? parser.parse(line.bytes) else { return }
                _ = RecordedBatch(view)
            case "row": load(&line)
            case "signal": apply(line.bytes, offset: offset)
            case "expire" where !hasLargeGroup:
                state.expireGroups(timersTo: Instant(milliseconds: line.number()), into: &effects)
            case "fire":
                if state.nextTimer != nil {
                    state.fireNextTimer(now: BaseFiles.now, into: &effects)
                }
            default: break
            }
        }
        _ = state.nextExpiry
        for row in state.dump() { _ = row.key.utf8.count }
    }

    private func load(_ line: inout TextLine) {
        let key = Array(line.word().utf8)
        guard let view = try? parser.parse(line.bytes) else { return }
        if let count = view.integer("memberCount"), count > Self.membersMax,
            count <= Limits.groupMembersMax
        {
            hasLargeGroup = true
        }
        key.withUnsafeBytes { key in
            do throws(StateRowError) {
                try state.load(key: key, value: view)
            } catch { _ = "\(error)" }
        }
    }

    private func apply(_ bytes: ByteView, offset: Int64) {
        guard let view = try? parser.parse(bytes) else { return }
        do throws(StateRowError) {
            try state.apply(
                signal: view, offset: Offset(offset), appendTime: BaseFiles.now,
                now: BaseFiles.now, into: &effects)
        } catch { effects.reset() }
    }
}
