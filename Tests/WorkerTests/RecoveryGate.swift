// A simulated log that is recovered from on another thread, which goes on only when the test says
// so: of the two threads one runs at a time, as the simulated log needs it.

import EventLog
import EventModel
import Foundation
import Simulation
import Synchronization
import Testing

@testable import Worker

/// Where the thread that recovers stands still.
final class RecoveryGate: Sendable {
    enum Point: Int { case none, groupOffsets, reading }
    /// What the next try meets when it goes on.
    enum Luck: Int { case none, fatal, passing, endless }

    private let point = Atomic<Int>(Point.none.rawValue)
    /// How often it has stood still, and up to which of these it may go on.
    private let stops = Atomic<Int>(0)
    private let passed = Atomic<Int>(0)
    private let luck = Atomic<Int>(Luck.none.rawValue)
    /// It stands still in the middle of the reading, too.
    private let stopsReading = Atomic<Bool>(false)
    private let closed = Atomic<Bool>(false)

    /// Where it stands now.
    var standing: Point { Point(rawValue: point.load(ordering: .acquiring))! }
    /// Its clients are closed.
    var isClosed: Bool { closed.load(ordering: .acquiring) }
    func setLuck(_ wanted: Luck) { luck.store(wanted.rawValue, ordering: .releasing) }
    func setStopsReading() { stopsReading.store(true, ordering: .releasing) }
    func noteClosed() { closed.store(true, ordering: .releasing) }

    /// Lets it go on from where it stands, to where it stands still next.
    func letOn() {
        passed.store(stops.load(ordering: .acquiring), ordering: .releasing)
        while passed.load(ordering: .acquiring) != 0 { usleep(100) }
    }

    /// Called by the thread that recovers.
    func stop(at here: Point) -> Luck {
        guard here != .reading || stopsReading.load(ordering: .acquiring) else {
            return Luck(rawValue: luck.load(ordering: .acquiring))!
        }
        let number = stops.add(1, ordering: .acquiringAndReleasing).newValue
        point.store(here.rawValue, ordering: .releasing)
        while passed.load(ordering: .acquiring) != number { usleep(100) }
        let met = Luck(rawValue: luck.load(ordering: .acquiring))!
        if here == .reading { stopsReading.store(false, ordering: .releasing) }
        point.store(Point.none.rawValue, ordering: .releasing)
        passed.store(0, ordering: .releasing)
        return met
    }
}

/// What the thread that recovers goes through.
final class GatedRecoveryLog: RecoveryLog {
    private let stream: SimulatedStreamLog
    private let gate: RecoveryGate

    init(_ stream: SimulatedStreamLog, gate: RecoveryGate) {
        self.stream = stream
        self.gate = gate
    }

    func warm() {}
    func groupOffsets(of partition: Partition) throws(LogError) -> [Topic: Offset] {
        switch gate.stop(at: .groupOffsets) {
        case .fatal: throw .told("OFFSETS_GONE", .stopProcess)
        case .passing: throw .told("NOT_YET", .retry)
        case .none, .endless: try stream.groupOffsets(of: partition)
        }
    }
    func takeReader() throws(LogError) -> any LogReader {
        GatedReader(try stream.makeReader(), gate: gate)
    }
    func giveBack(_ reader: any LogReader, isSpent: Bool) { reader.close() }
    func rest() {}
    func close() { gate.noteClosed() }
}

/// Stands still before it reads, or never comes to an end.
private final class GatedReader: LogReader {
    private let inner: any LogReader
    private let gate: RecoveryGate

    init(_ inner: any LogReader, gate: RecoveryGate) {
        self.inner = inner
        self.gate = gate
    }

    func partitionCount(of topic: Topic) throws(LogError) -> Int32 {
        try inner.partitionCount(of: topic)
    }
    func lowWatermark(of partition: TopicPartition) throws(LogError) -> Offset {
        try inner.lowWatermark(of: partition)
    }
    func end(of partition: TopicPartition, isolation: Isolation) throws(LogError) -> Offset {
        try inner.end(of: partition, isolation: isolation)
    }
    func offset(of partition: TopicPartition, at instant: Instant) throws(LogError) -> Offset? {
        try inner.offset(of: partition, at: instant)
    }
    func assign(_ positions: [(TopicPartition, Offset)]) throws(LogError) {
        try inner.assign(positions)
    }
    func poll(
        records: inout ContiguousArray<LogRecord>, events: inout [LogEvent], max: Int,
        timeoutMilliseconds: Int32
    ) throws(LogError) {
        guard gate.stop(at: .reading) != .endless else {
            usleep(1_000)
            return
        }
        try inner.poll(
            records: &records, events: &events, max: max, timeoutMilliseconds: timeoutMilliseconds)
    }
    func release(_ record: LogRecord) { inner.release(record) }
    func close() { inner.close() }
}

extension LogError {
    fileprivate static func told(_ code: String, _ reaction: Reaction) -> LogError {
        LogError(
            operation: "recover", code: code, reaction: reaction, message: "the test says so",
            hint: "This is a test.")
    }
}

extension SimulatedWorker {
    /// Waits until the thread that recovers stands still; false when it has put its outcome down.
    @discardableResult
    func awaitStanding(_ gate: RecoveryGate) throws -> Bool {
        try waitUntil { gate.standing != .none || thread.recoveries.hasMore }
        return gate.standing != .none
    }

    /// Lets the try under way go on to its end.
    func finishTry(_ gate: RecoveryGate) throws {
        guard try awaitStanding(gate) else { return }
        gate.letOn()
        // The next try stands still at its first question; this one may do so when it reads.
        try waitUntil { thread.recoveries.hasMore || gate.standing == .reading }
        if gate.standing == .reading {
            gate.letOn()
            try waitUntil { thread.recoveries.hasMore }
        }
    }

    /// A turn of the loop, after the try under way has come to its end.
    func stepFinishing(_ gate: RecoveryGate) throws {
        if thread.recoveriesUnderWay > 0 { try finishTry(gate) }
        try thread.step()
    }

    private func waitUntil(_ condition: () -> Bool) throws {
        for _ in 0..<100_000 {
            if condition() { return }
            usleep(100)
        }
        throw WorkerError(kind: .setup, message: "the other thread does not come", hint: "")
    }
}
