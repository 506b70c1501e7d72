// What the dedupe window costs as it fills: per id, in memory, and the worst single insert. In CPU
// time: what else the machine does is not the window's cost.

import EventModel
import Glibc
import Store

enum DedupeRun {
    /// Millions of ids at which a cost is told.
    private static let sizes = [1, 2, 5, 10, 20, 30, 40, 50]

    /// Ids are seen in batches as the worker does it: fingerprints some 16 ahead are touched, and
    /// every 20,000 the pending ones are taken, as a commit does. `timed=1` times each insert
    /// instead, all along: the clock costs more than an insert, so these runs tell the worst insert
    /// and nothing else.
    static func run(_ arguments: BenchArguments) -> [(String, Double)] {
        let ids = arguments.integer("ids", default: 50_000_000)
        if arguments.integer("timed", default: 0) > 0 { return worst(ids: ids) }
        var run = DedupeFilling()
        var figures: [(String, Double)] = []
        for size in sizes.map({ $0 * 1_000_000 }) where size <= ids {
            while run.total < size * 4 / 5 { run.batch(timed: false) }
            // The last fifth: tables grow by 18 % when they are made anew, so that a fifth is a
            // whole cycle of it. A shorter stretch would show where in the cycle it lies.
            let start = Meter.seconds(CLOCK_THREAD_CPUTIME_ID)
            let before = (run.total, run.packing)
            while run.total < size { run.batch(timed: false) }
            let seconds = Meter.seconds(CLOCK_THREAD_CPUTIME_ID) - start
            let count = Double(run.total - before.0)
            let name = "At\(size / 1_000_000)M"
            figures.append(("nanoseconds" + name, seconds * 1e9 / count))
            figures.append(("packingNanoseconds" + name, (run.packing - before.1) * 1e9 / count))
            figures.append(
                ("bytesPerID" + name, Double(run.window.memoryBytes) / Double(run.window.count)))
        }
        figures.append(("residentMegabytes", Meter.residentMegabytes))
        figures.append(("entriesMovedMax", Double(run.window.entriesMovedMax)))
        return figures
    }

    private static func worst(ids: Int) -> [(String, Double)] {
        var run = DedupeFilling()
        while run.total < ids { run.batch(timed: true) }
        return [
            ("slowestInsertMicroseconds", run.slowest * 1e6),
            ("slowestBatchEndMicroseconds", run.slowestEnd * 1e6),
            ("entriesMovedMax", Double(run.window.entriesMovedMax)),
        ]
    }
}

/// A window being filled with new ids.
private struct DedupeFilling: ~Copyable {
    var window = DedupeWindow(topic: .mesExecution)
    private(set) var total = 0
    /// Seconds spent at the ends of batches.
    private(set) var packing = 0.0
    private(set) var slowest = 0.0
    private(set) var slowestEnd = 0.0
    private var dice = Dice(seed: 5)

    mutating func batch(timed: Bool) {
        let count = 20_000
        let time = Instant(rawValue: 1_767_592_800_000_000)
        withUnsafeTemporaryAllocation(of: Fingerprint.self, capacity: 16) { ids in
            for _ in 0..<count / 16 {
                for at in 0..<16 {
                    ids[at] = Fingerprint(low: dice.roll(), high: dice.roll())
                    window.touch(ids[at])
                }
                for at in 0..<16 {
                    let start = timed ? Meter.seconds(CLOCK_THREAD_CPUTIME_ID) : 0
                    let verdict = window.see(
                        identity: ids[at], content: ids[at], appendTime: time)
                    precondition(verdict == .firstSeen, "a new id is new")
                    if timed {
                        slowest = max(slowest, Meter.seconds(CLOCK_THREAD_CPUTIME_ID) - start)
                    }
                }
            }
        }
        let start = Meter.seconds(CLOCK_THREAD_CPUTIME_ID)
        _ = window.takePending()
        let seconds = Meter.seconds(CLOCK_THREAD_CPUTIME_ID) - start
        packing += seconds
        slowestEnd = max(slowestEnd, seconds)
        total += count
    }
}
