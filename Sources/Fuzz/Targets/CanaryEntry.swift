// Bad on purpose: a harness that finds nothing must be known to be able to.

import EventModel
import Glibc

/// Does what an input says.
final class CanaryEntry: FuzzEntry {
    private var kept: [[UInt8]] = []

    func run(_ input: ByteView) {
        let text = input.text
        if text.hasPrefix("crash") { preconditionFailure("as the input says") }
        if text.hasPrefix("hang") { while true { usleep(1_000) } }
        if text.hasPrefix("large") {
            for _ in 0..<300 { kept.append([UInt8](repeating: 1, count: 4 << 20)) }
        }
        guard text.hasPrefix("slow") else { return }
        let start = FuzzChild.microseconds(CLOCK_THREAD_CPUTIME_ID)
        while FuzzChild.microseconds(CLOCK_THREAD_CPUTIME_ID) - start < 150_000 {}
    }
}
