// Takes away from an input what its finding does not need: halves first, then less and less. Each
// try is a process of its own.

import Glibc

/// Makes findings small enough to be read.
struct Minimiser {
    let finding: FuzzFinding
    /// A file for the tries.
    let scratch: String
    private static let triesMax = 250
    private static let secondsMax: Int64 = 30

    /// The smallest input found that still ends its process in the same way.
    func minimise(_ input: [UInt8]) -> [UInt8] {
        var best = input
        var tries = 0
        var chunk = max(1, best.count / 2)
        let end = FuzzChild.microseconds(CLOCK_MONOTONIC) + Self.secondsMax * 1_000_000
        while tries < Self.triesMax, FuzzChild.microseconds(CLOCK_MONOTONIC) < end {
            var at = 0
            var hasShrunk = false
            while at < best.count, tries < Self.triesMax,
                FuzzChild.microseconds(CLOCK_MONOTONIC) < end
            {
                var smaller = best
                smaller.removeSubrange(at..<min(best.count, at + chunk))
                tries += 1
                if isRepeated(smaller) {
                    best = smaller
                    hasShrunk = true
                } else {
                    at += chunk
                }
            }
            if chunk == 1, !hasShrunk { break }
            chunk = max(1, chunk / 2)
        }
        return best
    }

    private func isRepeated(_ input: [UInt8]) -> Bool {
        guard FuzzFiles.write(input, to: scratch) else { return false }
        let words = ["replay", "--target", finding.target.rawValue, scratch]
        guard var child = ChildProcess(words, quiet: true) else { return false }
        let started = FuzzChild.microseconds(CLOCK_MONOTONIC)
        let outcome = child.wait {
            FuzzChild.microseconds(CLOCK_MONOTONIC) - started > 2_000_000
        }
        return finding.isRepeated(by: outcome)
    }
}
