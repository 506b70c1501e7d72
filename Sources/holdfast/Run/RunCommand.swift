// `holdfast run`: the worker itself.

import Configuration
import Decisions
import EventLog
import EventModel
import Glibc
import Synchronization
import Worker

/// Runs the worker until it is told to stop.
enum RunCommand {
    static func run(_ call: Invocation) throws(CommandError) {
        let settings = call.settings
        let supervisor = Supervisor()
        let drain = settings.limits.drainMillisecondsMax
        let isJSON = settings.isJSON
        let isVerbose = settings.flag(.verbose)
        let isQuiet = call.terminal.isQuiet
        let environment = call.environment
        SignalWatcher.start {
            supervisor.stop.request()
            // The drain is bounded: a broker that does not answer must not keep the pod.
            _ = PlainThread {
                usleep(UInt32(clamping: drain * 1000))
                let words = Array(
                    ("holdfast: run: not drained within --drain-timeout (\(drain) ms). What was "
                        + "not committed was never visible; the next worker decides it again.\n")
                        .utf8)
                words.withUnsafeBytes { _ = write(2, $0.baseAddress, $0.count) }
                _exit(ExitCode.temporary.rawValue)
            }
        }
        let output = Mutex(())
        let notify: @Sendable (WorkerSignal) -> Void = { signal in
            if signal.level == .debug, !isVerbose { return }
            if isQuiet, signal.level == .info || signal.level == .debug { return }
            let now = environment.now()
            let line =
                isJSON
                ? signal.json(at: now)
                : Array("\(now.text) \(signal.level.rawValue) \(signal.sentence)".utf8)
            output.withLock { _ in
                (line + [0x0a]).withUnsafeBytes { _ = write(2, $0.baseAddress, $0.count) }
            }
        }
        let directory = try StateDirectory(settings.text(.state) ?? "./state")
        try Preflight.check(call)
        var launch = try WorkerLaunch(call, directory: directory, notify: notify)
        launch.clientLog = { level, text in
            // Syslog's levels: 3 is an error; what librdkafka mends itself is for --verbose.
            guard level <= 3 || isVerbose else { return }
            notify(.clientLine(level: level, text: text))
        }
        try launch.run(supervisor)
        withExtendedLifetime(directory) {}
        let (totals, commits) = supervisor.totals
        call.terminal.note(
            "holdfast: stopped. \(totals.records) records decided in \(commits) commits: "
                + "\(totals.accepted) accepted, \(totals.duplicates) duplicates, "
                + "\(totals.refused) refused; \(totals.outbound) events out.")
    }
}

extension WorkerLaunch {
    /// From a call's settings.
    init(
        _ call: Invocation, directory: StateDirectory,
        notify: @escaping @Sendable (WorkerSignal) -> Void
    ) throws(CommandError) {
        let settings = call.settings
        let policy: Policy
        do throws(ConfigurationError) {
            if let path = settings.text(.policy) {
                policy = try PolicyFile.read(path, limits: settings.limits)
            } else {
                policy = .standard
            }
        } catch {
            throw CommandError(error)
        }
        let environment = call.environment
        let instance: String
        if let name = settings.text(.instance) {
            instance = name
        } else {
            instance = try directory.instanceName(random: environment.random)
        }
        self.init(
            settings: WorkerSettings(
                deployment: settings.text(.deployment) ?? "default",
                stateDirectory: directory.path, policy: policy, limits: settings.limits,
                rebuildsState: settings.flag(.rebuildState)),
            threads: Int(settings.integer(.threads) ?? 1), environment: environment,
            url: settings.log, topicPrefix: settings.text(.topicPrefix) ?? "",
            instance: instance, isStatic: settings.text(.instance) != nil,
            kafkaProperties: settings.kafkaProperties, notify: notify)
    }
}
