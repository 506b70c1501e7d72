// The command's entry: the only place that touches the machine's clock, environment and signals.

import Configuration
import EventModel
import Glibc

@main
enum Main {
    static func main() {
        StopSignals.install()
        let variables = environmentVariables()
        let environment = machine
        let dispatcher = Dispatcher(
            variables: variables, environment: environment,
            logs: LogFactory(environment: environment),
            isStopRequested: { StopSignals.received > 0 },
            program: CommandLine.arguments.first ?? "holdfast",
            makeTerminal: { color, isQuiet in
                Terminal.standard(color: color, isQuiet: isQuiet, environment: variables)
            })
        exit(dispatcher.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    /// The machine's clocks and luck.
    static var machine: Environment {
        Environment(
            now: { Instant(rawValue: microseconds(CLOCK_REALTIME)) },
            monotonicMicroseconds: { microseconds(CLOCK_MONOTONIC) },
            random: {
                var generator = SystemRandomNumberGenerator()
                return generator.next()
            })
    }

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    private static func environmentVariables() -> [String: String] {
        var variables: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return variables
    }
}
