// `holdfast simulate`: seeds of bad days for the real worker, on nothing but this machine's memory.

import Configuration
import Contracts
import EventModel
import Simulation
import Synchronization

/// Runs seeds, says how far it is, and how to see again what failed.
package enum SimulateCommand {
    private static let progressMicroseconds: Int64 = 500_000
    /// The first finding leads to the cause; the ones after it mostly follow from it.
    private static let findingsMax = 5
    private static let findingCharactersMax = 1_500

    package static func run(_ call: Invocation) throws(CommandError) {
        if call.settings.flag(.listCanaries) {
            for canary in Canary.allCases {
                call.terminal.line("\(canary.rawValue)\t\(canary.text)")
            }
            return
        }
        if call.settings.flag(.exhaustive) { return try exhaustive(call) }
        let canary = try canary(call)
        TrapReporter.install()
        SimulationMemory.prepare()
        let registry: ContractRegistry
        do { registry = try ContractRegistry(limits: Limits()) } catch {
            throw CommandError(
                .software, "simulate", "the built-in contracts do not compile: \(error)",
                wayOut: "This is a defect of this build")
        }
        let first = UInt64(call.settings.integer(.seed) ?? 1)
        let seeds = call.settings.integer(.seeds)
        let minutes = call.settings.integer(.minutes)
        if seeds == nil, minutes == nil {
            try one(first, registry, canary, call)
        } else {
            try sweep(from: first, seeds: seeds, minutes: minutes, registry, canary, call)
        }
    }

    /// Every small case: orders of events with every accident, two workers in every interleaving.
    private static func exhaustive(_ call: Invocation) throws(CommandError) {
        let clock = call.environment.monotonicMicroseconds
        let end = call.settings.integer(.minutes).map { clock() + $0 * 60_000_000 } ?? .max
        var shownAt = clock()
        var isCut = false
        let summary = ExhaustiveCases.run { summary in
            let now = clock()
            if now - shownAt > progressMicroseconds {
                shownAt = now
                call.terminal.progress("\(summary.cases + summary.schedules) cases")
            }
            isCut = now >= end || call.shouldEnd
            return !isCut
        }
        call.terminal.clearProgress()
        for failure in summary.failures.prefix(findingsMax) {
            let text = Terminal.visible(String(failure.prefix(findingCharactersMax)))
            call.terminal.line(call.terminal.styled(text, .red))
        }
        guard summary.failures.isEmpty else {
            throw CommandError(
                .software, "simulate --exhaustive",
                "\(summary.failures.count) cases broke a promise",
                wayOut: "Each line above names its case")
        }
        call.terminal.line(
            "\(summary.cases) cases with \(summary.accidents) accidents, \(summary.schedules) "
                + "schedules of two workers\(isCut ? "; stopped before the end" : "")."
        )
        call.terminal.line(call.terminal.styled("Every promise was kept.", .green))
    }

    private static func canary(_ call: Invocation) throws(CommandError) -> Canary? {
        guard let name = call.settings.text(.canary) else { return nil }
        guard let canary = Canary(rawValue: name) else {
            throw CommandError(
                .usage, Terminal.visible(name), "no such canary",
                wayOut: NearestName.question(name, among: Canary.allCases.map(\.rawValue)))
        }
        return canary
    }

    /// One seed, with its story when it is asked for.
    private static func one(
        _ seed: UInt64, _ registry: ContractRegistry, _ canary: Canary?, _ call: Invocation
    ) throws(CommandError) {
        let terminal = call.terminal
        let trace: ((String) -> Void)? =
            call.settings.flag(.trace)
            ? {
                terminal.line(Terminal.visible($0))
                terminal.flush()
            } : nil
        TrapReporter.running(seed)
        let report = World(seed: seed, registry: registry, canary: canary, onTrace: trace).run()
        for (name, count) in report.counts.sorted(by: { $0.key < $1.key }) {
            terminal.line("\(count) \(name)")
        }
        terminal.line("digest \(report.digest)")
        try fail([report], canary, call)
        terminal.line(terminal.styled("Seed \(seed) keeps every promise.", .green))
    }

    private static func sweep(
        from first: UInt64, seeds: Int64?, minutes: Int64?, _ registry: ContractRegistry,
        _ canary: Canary?, _ call: Invocation
    ) throws(CommandError) {
        let clock = call.environment.monotonicMicroseconds
        let began = clock()
        let end = minutes.map { began + $0 * 60_000_000 } ?? .max
        let last = seeds.map { first + UInt64($0) } ?? .max
        let sweep = SeedSweep(from: first, canary: canary) {
            // It has compiled once.
            (try? ContractRegistry(limits: Limits())) ?? registry
        }
        let jobs = Int(call.settings.integer(.jobs) ?? 1)
        let shownAt = Mutex(began)
        let isStopped = StopLine(call)
        sweep.run(jobs: jobs) { seed in
            let now = clock()
            let isDue = shownAt.withLock {
                guard now - $0 > progressMicroseconds else { return false }
                $0 = now
                return true
            }
            if isDue { isStopped.show("\(seed - first) seeds") }
            TrapReporter.running(seed)
            return seed < last && now < end && !isStopped.shouldEnd
        }
        call.terminal.clearProgress()
        let sum = sweep.sum
        if call.settings.flag(.verbose) {
            for (name, count) in sum.counts.sorted(by: { $0.key < $1.key }) {
                call.terminal.line("\(count) \(name)")
            }
        }
        try fail(sum.failed, canary, call)
        let rate = Int64(sum.seeds) * 1_000_000 / max(1, clock() - began)
        call.terminal.line(
            "\(sum.seeds) seeds from \(first) on, \(sum.counts["batches"] ?? 0) batches with "
                + "\(sum.counts["outputs"] ?? 0) outputs (\(rate) seeds/s).")
        call.terminal.line(call.terminal.styled("Every promise was kept.", .green))
    }

    private static func fail(
        _ reports: [WorldReport], _ canary: Canary?, _ call: Invocation
    ) throws(CommandError) {
        guard let report = reports.min(by: { $0.seed < $1.seed }), !report.findings.isEmpty else {
            return
        }
        for finding in report.findings.prefix(findingsMax) {
            let text = Terminal.visible(String(finding.prefix(findingCharactersMax)))
            call.terminal.line(call.terminal.styled(text, .red))
        }
        let planted = canary.map { " --canary \($0.rawValue)" } ?? ""
        throw CommandError(
            .software, "seed \(report.seed)", "a promise was broken",
            wayOut: "See it step by step: \(call.program) simulate --seed \(report.seed)\(planted) "
                + "--trace")
    }
}

/// The terminal's line of progress and its end, for the threads that run seeds.
///
/// Sendable by a lock: one of them shows at a time.
private final class StopLine: @unchecked Sendable {
    private let call: Invocation
    private let lock = Mutex(0)
    init(_ call: Invocation) { self.call = call }
    func show(_ text: String) { lock.withLock { _ in call.terminal.progress(text) } }
    var shouldEnd: Bool { lock.withLock { _ in call.shouldEnd } }
}
