// A thread whose name in the group was taken: it joins again, but not for ever.

import EventLog
import EventModel
import Simulation
import Synchronization
import Testing

@testable import Worker

/// The embedded log, whose group says at some polls that another took the name.
private final class ContestedStream: ForwardingStream {
    let inner: LocalStreamLog
    private var isTaken: Bool

    init(_ inner: LocalStreamLog, isTaken: Bool) {
        self.inner = inner
        self.isTaken = isTaken
    }

    func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        try inner.poll(
            records: &records, events: &events, max: max, timeoutMilliseconds: timeoutMilliseconds)
        guard isTaken, !records.isEmpty else { return }
        isTaken = false
        throw LogError(
            operation: "poll", code: "TAKEN", reaction: .surrenderPartitions,
            message: "another process took the name", hint: "This is a test.")
    }
}

@Suite struct JoiningAgainTests {
    private let plant: Plant
    private let signals = Signals()

    private final class Signals: Sendable {
        private let all = Mutex<[String]>([])
        var names: [String] { all.withLock { $0 } }
        func add(_ name: String) { all.withLock { $0.append(name) } }
    }

    init() throws {
        plant = try Plant(partitions: 2)
        for number in 0..<20 {
            try plant.produce(.qmsQuality, key: "L-\(number)", "no event \(number)")
        }
    }

    /// Runs until all is decided; in its first `times` lives the name is taken.
    private func run(taken times: Int, pauseMilliseconds: Int64? = nil) throws {
        var limits = Limits()
        if let pauseMilliseconds { limits.joinAgainMillisecondsMin = pauseMilliseconds }
        var settings = WorkerSettings(
            deployment: plant.deployment, stateDirectory: plant.state, policy: plant.policy,
            limits: limits)
        settings.stopsWhenIdle = true
        let (directory, clock, signals) = (plant.directory, plant.clock, signals)
        let lives = Mutex(0)
        try Supervisor().run(
            threads: 1, settings: settings, environment: clock.environment,
            notify: { signals.add($0.name) }
        ) { thread throws(LogError) in
            let life = lives.withLock { lives in
                lives += 1
                return lives
            }
            return ContestedStream(
                try LocalStreamLog(
                    directory: directory, thread: thread, of: 1, clock: { clock.now }),
                isTaken: life <= times)
        }
    }

    @Test func `a thread whose name was taken once joins again and loses nothing`() throws {
        try run(taken: 1)
        #expect(signals.names.filter { $0 == "joinedAgain" }.count == 1)
        #expect(signals.names.filter { $0 == "partitionsSurrendered" }.count == 1)
        #expect(try plant.outputs(.deadLetters).count == 20)
    }

    @Test func `it may join again as often as it takes, with the pause in between`() throws {
        try run(taken: 4, pauseMilliseconds: 0)
        #expect(signals.names.filter { $0 == "joinedAgain" }.count == 4)
        #expect(try plant.outputs(.deadLetters).count == 20)
    }

    @Test func `of two processes of one name the one that is put out twice ends`() throws {
        let error = #expect(throws: WorkerError.self) { try run(taken: 2) }
        #expect(error?.logError?.code == "TAKEN")
        #expect(signals.names.filter { $0 == "joinedAgain" }.count == 1)
        #expect(signals.names.last == "failed")
        // What it had in hand is decided by whoever comes next.
        try run(taken: 0)
        #expect(try plant.outputs(.deadLetters).count == 20)
    }
}
