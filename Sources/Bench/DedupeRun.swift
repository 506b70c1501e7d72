// What the dedupe window costs as it fills: per event, in memory, and the worst single insert. In
// CPU time: what else the machine does is not the window's cost.

import EventModel
import Glibc
import Store

enum DedupeRun {
    /// Ids are seen in batches as the worker does it: fingerprints some 16 ahead are touched, and
    /// every 20,000 the pending ones are taken, as a commit does.
    static func run(_ arguments: BenchArguments) -> [(String, Double)] {
        let sizes = [1, 2, 5, 10, 15, 20].map { $0 * 1_000_000 }
            .filter { $0 <= arguments.integer("ids", default: 20_000_000) }
        var window = DedupeWindow(topic: .mesExecution)
        var dice = Dice(seed: 5)
        var figures: [(String, Double)] = []
        var slowest = 0.0
        var total = 0
        for size in sizes {
            while total < size - 400_000 { total += batch(&window, &dice, &slowest, timed: false) }
            var best = Double.infinity
            // The median of 20 batches around the size: other work on the machine comes in bursts.
            var costs: [Double] = []
            while total < size {
                let start = Meter.seconds(CLOCK_THREAD_CPUTIME_ID)
                let count = batch(&window, &dice, &slowest, timed: false)
                costs.append((Meter.seconds(CLOCK_THREAD_CPUTIME_ID) - start) * 1e9 / Double(count))
                total += count
            }
            costs.sort()
            best = costs[costs.count / 2]
            figures.append(("nanosecondsAt\(size / 1_000_000)M", best))
            figures.append(
                (
                    "bytesPerIDAt\(size / 1_000_000)M",
                    Double(window.memoryBytes) / Double(window.count)
                ))
        }
        // Each insert timed alone, on top of what is there.
        for _ in 0..<50 { total += batch(&window, &dice, &slowest, timed: true) }
        figures.append(("slowestInsertMicroseconds", slowest * 1e6))
        figures.append(("entriesMovedMax", Double(window.entriesMovedMax)))
        return figures
    }

    private static func batch(
        _ window: inout DedupeWindow, _ dice: inout Dice, _ slowest: inout Double, timed: Bool
    ) -> Int {
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
        _ = window.takePending()
        return count
    }
}
