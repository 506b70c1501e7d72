// Clocks and what the process has used.

import EventModel
import Glibc

/// Wall clock and CPU of the whole process, so that the client library's threads count.
struct Meter {
    let wall: Double
    let cpu: Double
    /// CPU of the calling thread alone.
    let threadCPU: Double
    /// How long the calling thread could have run and had no processor.
    let threadQueued: Double

    init() {
        wall = Self.seconds(CLOCK_MONOTONIC)
        cpu = Self.seconds(CLOCK_PROCESS_CPUTIME_ID)
        threadCPU = Self.seconds(CLOCK_THREAD_CPUTIME_ID)
        threadQueued = Self.queuedSeconds
    }

    static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Figures of so many events since `start`.
    func figures(of events: Int, since start: Meter) -> [(String, Double)] {
        let seconds = wall - start.wall
        return [
            ("events", Double(events)), ("seconds", seconds),
            ("eventsPerSecond", Double(events) / seconds),
            ("cpuMicrosecondsPerEvent", (cpu - start.cpu) * 1e6 / Double(events)),
            (
                "threadCPUMicrosecondsPerEvent",
                (threadCPU - start.threadCPU) * 1e6 / Double(events)
            ),
            // What is neither work nor the wait for a processor: on others' answers, and on disks.
            (
                "threadWaitMicrosecondsPerEvent",
                (seconds - (threadCPU - start.threadCPU) - (threadQueued - start.threadQueued))
                    * 1e6 / Double(events)
            ),
            ("peakMegabytes", Self.peakMegabytes),
        ]
    }

    static var peakMegabytes: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) / 1024
    }

    /// What the process has in memory now.
    static var residentMegabytes: Double {
        secondNumber(of: "/proc/self/statm") * Double(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
    }

    /// Time spent waiting on a run queue, of the calling thread.
    private static var queuedSeconds: Double {
        secondNumber(of: "/proc/thread-self/schedstat") / 1e9
    }

    private static func secondNumber(of path: String) -> Double {
        guard let file = fopen(path, "r") else { return .infinity }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, 128, file) != nil else { return .infinity }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self)
        let words = text.split(separator: " ")
        return words.count > 1 ? Double(words[1]) ?? .infinity : .infinity
    }

    /// The machine's clocks, for the parts that take them as arguments.
    static var environment: Environment {
        Environment(
            now: { Instant(rawValue: Int64(seconds(CLOCK_REALTIME) * 1e6)) },
            monotonicMicroseconds: { Int64(seconds(CLOCK_MONOTONIC) * 1e6) },
            random: {
                var generator = SystemRandomNumberGenerator()
                return generator.next()
            })
    }
}

/// SplitMix64: the same seed, the same events.
struct Dice {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func roll() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(roll() % UInt64(bound)) }
}
