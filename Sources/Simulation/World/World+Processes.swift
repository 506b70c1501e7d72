// Processes of a world: they come, work, die and are replaced.

import EventLog
import EventModel
import Worker

extension World {
    /// Lets one of the processes that can take a turn or several.
    func stepSomebody() {
        for index in pods.indices where dice.chance(75) {
            guard let process = pods[index].process else { continue }
            for _ in 0...dice.roll(3) where pods[index].process === process { step(process) }
        }
        for process in zombies { step(process) }
    }

    /// One turn of a process. What ends it ends only it.
    func step(_ process: WorldProcess) {
        guard !process.isBusy else { return }
        if let until = process.pausedUntil {
            guard until <= clock.milliseconds else { return }
            process.pausedUntil = nil
            trace { "\(process.name) wakes" }
        }
        process.isBusy = true
        defer { process.isBusy = false }
        process.stream.pollsInStep = 0
        process.stream.recordsMax =
            !isHealed && dice.perMille(options.smallPolls) ? dice.pick([1, 1, 2, 3]) : .max
        do {
            try process.thread.step()
        } catch {
            ended(process, by: error)
        }
    }

    /// Starts the process of a pod, with the disk it has then.
    func arrive(at index: Int) {
        precondition(pods[index].process == nil, "one process of a pod at a time")
        let pod = pods[index]
        chooseDisk(for: index)
        do {
            let process = try makeProcess(pods[index])
            pods[index].process = process
            trace { "\(pod.name) starts" }
            process.isBusy = true
            defer { process.isBusy = false }
            do { try process.thread.open() } catch { ended(process, by: error) }
        } catch {
            preconditionFailure("the topics of a world exist: \(error)")
        }
    }

    private func makeProcess(_ pod: Pod) throws(LogError) -> WorldProcess {
        let clock = pod.machine
        let inner = try SimulatedStreamLog(
            log, name: pod.identity, instance: options.hasStaticMembers ? pod.name : nil,
            clock: { clock.wall })
        inner.fencedReaction = .outcomeUnknown
        inner.silentPolls = options.silentPolls
        let stream = WorldStream(CanaryStream(inner, canary: canary))
        var settings = WorkerSettings(
            deployment: World.deployment, stateDirectory: World.stateDirectory, policy: policy,
            limits: limitsOfProduct)
        settings.files = pod.disk
        settings.stateAgeSecondsMax = options.stateAgeSecondsMax
        let thread = StreamThread(
            log: stream, settings: settings, environment: clock.environment, index: 0,
            stop: StopFlag(), registry: registry,
            notify: { [unowned self] in noted($0, by: pod.name) })
        let process = WorldProcess(
            name: pod.name, disk: pod.disk, clock: clock, stream: stream, thread: thread)
        stream.onWait = { [unowned self] in wait(atMost: $0) }
        stream.onPoint = { [unowned self, unowned process] _ in interleave(from: process) }
        stream.commitLuck = { [unowned self] in commitLuck() }
        return process
    }

    /// The limits that the workers are given: a canary gives them others than the checkers know.
    private var limitsOfProduct: Limits {
        var limits = options.limits
        if canary == .windowDroppedEarly {
            limits.dedupeWindowSeconds = max(
                0, limits.dedupeWindowSeconds - limits.dedupeBucketSeconds)
        }
        return limits
    }

    private func noted(_ signal: WorkerSignal, by name: String) {
        report.count(signal.name)
        trace { "\(name) \(signal)" }
    }

    /// The others work while this one is between two calls.
    private func interleave(from process: WorldProcess) {
        guard !isHealed, depth < 2 else { return }
        if depth == 0, dice.perMille(options.pauses / 2) { sleep(process) }
        guard dice.perMille(options.interleaving) else { return }
        depth += 1
        defer { depth -= 1 }
        pass(Int64(dice.roll(3)))
        let index = dice.roll(pods.count)
        if let other = pods[index].process, other !== process { step(other) }
    }

    /// A process sleeps between two calls, beyond its session or not, and goes on as if nothing had
    /// happened: what it holds in hand may be somebody else's by then.
    private func sleep(_ process: WorldProcess) {
        let time = Int64(dice.pick([500, 11_000, 14_000]))
        report.count("slept between two calls")
        trace { "\(process.name) sleeps between two calls for \(time) ms" }
        depth += 1
        process.pausedUntil = .max
        for _ in 0..<20 {
            pass(time / 20)
            for index in pods.indices {
                if pods[index].process == nil, dice.perMille(options.arrivals) {
                    arrive(at: index)
                }
                if let other = pods[index].process, other !== process { step(other) }
            }
        }
        process.pausedUntil = nil
        depth -= 1
        trace { "\(process.name) goes on" }
    }

    /// A process is gone: by its death, or because it stopped with a reason.
    private func ended(_ process: WorldProcess, by error: WorkerError) {
        let code = error.logError?.code ?? ""
        if code == WorldStream.crashCode {
            report.count("crash")
            trace { "\(process.name) is dead, in \(error.logError?.operation ?? "")" }
        } else {
            trace { "\(process.name) stops: \(error)" }
            report.count("stopped: \(code.isEmpty ? "\(error.kind)" : code)")
            if !isExcused(error) { find("\(process.name) stopped: \(error)") }
            process.thread.abandon()
        }
        remove(process)
    }

    /// A log that does not answer and a disk that does not write stop a worker, by name; a
    /// contradiction between them never may.
    private func isExcused(_ error: WorkerError) -> Bool {
        switch error.kind {
        case .log: true
        case .store, .setup: (options.diskLuck != nil || options.fullDisks > 0) && !isHealed
        case .contradiction, .newerVersion: false
        }
    }

    /// The process is gone, its openings are dead, and at times its machine's power with it.
    func remove(_ process: WorldProcess) {
        process.stream.die()
        let hasPowerCut = !isHealed && dice.perMille(options.powerCuts)
        if hasPowerCut { happens("power cut", to: process.name) }
        if hasPowerCut {
            process.disk.crash(.luck(seed: dice.next()))
        } else {
            process.disk.kill(directory: World.stateDirectory)
        }
        zombies.removeAll { $0 === process }
        for index in pods.indices where pods[index].process === process {
            pods[index].process = nil
        }
    }

    /// An empty disk has no id: a new one is made.
    private func renew(_ index: Int) {
        if !options.hasStaticMembers { pods[index].identity += "'" }
    }

    /// The disk that a pod finds when it comes back.
    private func chooseDisk(for index: Int) {
        let name = pods[index].name
        // Somebody still has its files open: the new process runs elsewhere.
        if zombies.contains(where: { $0.disk === pods[index].disk }) {
            pods[index].disk = makeDisk()
            renew(index)
        }
        let disk = pods[index].disk
        guard !isHealed else { return }
        if dice.perMille(options.wipedDisks) {
            happens("disk wiped", to: name)
            disk.wipe()
            renew(index)
        } else if dice.perMille(options.oldDisks), let image = pods[index].oldImage {
            happens("disk of an earlier time", to: name)
            disk.restore(image, isSynced: dice.chance(50))
        } else if dice.perMille(options.foreignDisks),
            let other = pods.first(where: { $0.name != name })
        {
            happens("disk of another", to: name)
            disk.restore(other.disk.snapshot(), isSynced: dice.chance(50))
        }
    }

    private func happens(_ what: String, to name: String) {
        report.count(what)
        trace { "\(name): \(what)" }
    }

    func makeDisk() -> SimulatedDisk {
        let disk = SimulatedDisk(seed: dice.next())
        if !isHealed { disk.setLuck(options.diskLuck) }
        return disk
    }
}
