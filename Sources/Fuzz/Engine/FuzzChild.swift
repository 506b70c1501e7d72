// The process that runs inputs. It may die at any of them: which one it was stands in the shared
// page. An input that takes too long or too much memory ends it as well, by an exit code.

import EventModel
import Glibc

/// Runs a stretch of a target's inputs.
struct FuzzChild {
    /// How a child ends that did not die.
    enum Ending: Int32 { case done = 0, misused = 2, slow = 64, large = 65 }

    static let inputMillisecondsMax: Int64 = 100
    static let residentMegabytesMax = 1_024
    /// What the process may allocate at all: an allocation beyond it fails, and that is a crash.
    static let allocatedMegabytesMax: UInt = 3_072

    let target: FuzzTarget
    let mutator: Mutator
    let page: SharedPage

    /// Runs inputs `from..<to`, or until the deadline (monotonic microseconds; 0 is none).
    func run(from: UInt64, to: UInt64, deadline: Int64) throws -> Ending {
        Self.limitMemory()
        let entry = try target.makeEntry()
        var index = from
        var before = Self.microseconds(CLOCK_MONOTONIC)
        while index < to {
            page.index = index
            let input = mutator.input(index)
            input.withUnsafeBytes { entry.run($0) }
            index += 1
            page.done += 1
            let after = Self.microseconds(CLOCK_MONOTONIC)
            if after - before > Self.inputMillisecondsMax * 1_000,
                Self.isSlow(input, entry, page)
            {
                return .slow
            }
            before = after
            if index & 255 == 0 {
                if Self.residentMegabytes() > Self.residentMegabytesMax { return .large }
                if deadline > 0, after > deadline { break }
            }
        }
        return .done
    }

    /// Others use this machine too: an input is slow when its own CPU time says so, three times.
    static func isSlow(_ input: [UInt8], _ entry: any FuzzEntry, _ page: SharedPage?) -> Bool {
        var least = Int64.max
        for _ in 0..<3 {
            let start = microseconds(CLOCK_THREAD_CPUTIME_ID)
            input.withUnsafeBytes { entry.run($0) }
            least = min(least, microseconds(CLOCK_THREAD_CPUTIME_ID) - start)
        }
        if let page { page.slowestMicroseconds = max(page.slowestMicroseconds, UInt64(least)) }
        return least > inputMillisecondsMax * 1_000
    }

    static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    static func limitMemory() {
        var limit = rlimit()
        limit.rlim_cur = rlim_t(allocatedMegabytesMax << 20)
        limit.rlim_max = limit.rlim_cur
        setrlimit(__rlimit_resource_t(2), &limit)
    }

    /// Second number of /proc/self/statm, in pages.
    private static func residentMegabytes() -> Int {
        let descriptor = open("/proc/self/statm", O_RDONLY)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var text = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &text, text.count)
        let words = text.prefix(max(0, count)).split(separator: 0x20)
        guard words.count > 1, let pages = Int(String(decoding: words[1], as: UTF8.self))
        else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE))) >> 20
    }
}
