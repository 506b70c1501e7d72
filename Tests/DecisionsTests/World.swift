// One task under test: it gives records to a TaskState as the shell would, carries its own signals
// back in, and keeps the rows as the changelog would.

import Decisions
import EventModel

/// An inbound event as text.
struct TestEvent {
    var type: EventType
    var id: String
    var key: String
    var data: String
    var source = "/mes/1"
    /// Minutes after the start of the test's day: event time and, unless told, append time.
    var minute: Int64 = 0
    var appendMinute: Int64?
    var extensions: [Extension: String] = [:]
}

/// A task, its changelog and what it sent.
struct World {
    static let start = Instant(rfc3339: "2026-01-05T06:00:00Z")!

    var state: TaskState
    var rows: [String: [UInt8]] = [:]
    var qualityOffset: Int64 = 0
    var signalOffset: Int64 = 0
    /// Signals sent and not yet carried back in.
    var pending: [OutboundSignal] = []

    init(policy: Policy = .standard, limits: Limits = Limits()) {
        state = TaskState(policy: policy, limits: limits)
    }

    static func at(_ minute: Int64) -> Instant { start.advanced(seconds: minute * 60) }

    /// Decides one record; unless told, `now` is its append time plus a second.
    mutating func send(_ event: TestEvent, now: Instant? = nil) -> Effects {
        var effects = Effects()
        let append = World.at(event.appendMinute ?? event.minute)
        let offset = qualityOffset
        qualityOffset += 1
        event.withInbound(offset: Offset(offset), appendTime: append) { inbound in
            state.apply(inbound, now: now ?? append.advanced(seconds: 1), into: &effects)
        }
        keep(effects)
        return effects
    }

    /// Carries one pending signal in, at its own append time.
    mutating func deliverNext(minute: Int64) throws -> Effects {
        let signal = pending.removeFirst()
        var effects = Effects()
        let json = TestJSON(signal.value)
        defer { withExtendedLifetime(json) {} }
        let offset = Offset(signalOffset)
        signalOffset += 1
        try state.apply(
            signal: json.view, offset: offset, appendTime: World.at(minute),
            now: World.at(minute), into: &effects)
        keep(effects)
        return effects
    }

    /// A failure and its way through the signals, all in the same minute.
    mutating func sendThrough(_ event: TestEvent) throws -> [OutboundEvent] {
        var outbound = send(event).outbound
        while !pending.isEmpty {
            outbound += try deliverNext(minute: event.appendMinute ?? event.minute).outbound
        }
        return outbound
    }

    mutating func fireTimers(to minute: Int64) -> [OutboundEvent] {
        var effects = Effects()
        while let due = state.nextTimer, due <= World.at(minute) {
            state.fireNextTimer(now: World.at(minute), into: &effects)
        }
        keep(effects)
        return effects.outbound
    }

    mutating func expire(to minute: Int64) -> Effects {
        var effects = Effects()
        state.expireGroups(timersTo: World.at(minute), into: &effects)
        keep(effects)
        return effects
    }

    private mutating func keep(_ effects: Effects) {
        for row in effects.rows { rows[row.key] = row.value }
        pending += effects.signals
    }

    /// A state rebuilt from the changelog, in the order given.
    func restored(sortedBy order: (String, String) -> Bool = { $0 < $1 }) throws -> TaskState {
        var other = TaskState(policy: state.policy, limits: state.limits)
        for key in rows.keys.sorted(by: order) { try other.load(key, rows[key] ?? []) }
        return other
    }
}

extension TaskState {
    /// Loads a row given as bytes.
    mutating func load(_ key: String, _ value: [UInt8]) throws {
        let json = TestJSON(value)
        defer { withExtendedLifetime(json) {} }
        var bytes = key
        let result: Result<Void, StateRowError> = bytes.withUTF8 { bytes in
            do throws(StateRowError) {
                try load(key: ByteView(bytes), value: json.view)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}

extension TestEvent {
    /// Lends the event as Contracts would: views into memory that is gone afterwards.
    func withInbound(
        offset: Offset, appendTime: Instant, _ body: (InboundEvent) -> Void
    ) {
        let time = World.at(minute)
        let texts = [source, id, key, time.text] + Extension.allCases.map { extensions[$0] ?? "" }
        let buffers = texts.map { text in
            let copy = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(text.utf8.count, 1), alignment: 1)
            copy.copyBytes(from: text.utf8)
            return UnsafeRawBufferPointer(rebasing: copy[..<text.utf8.count])
        }
        defer { for buffer in buffers { buffer.deallocate() } }
        var carried = Array(buffers[4...])
        for (index, name) in Extension.allCases.enumerated() where extensions[name] == nil {
            carried[index] = ByteView(start: nil, count: 0)
        }
        let json = TestJSON(data)
        defer { withExtendedLifetime(json) {} }
        carried.withUnsafeBufferPointer { carried in
            body(
                InboundEvent(
                    type: type, source: buffers[0], id: buffers[1], offset: offset,
                    appendTime: appendTime, key: buffers[2], timeText: buffers[3], time: time,
                    data: json.view, identity: Fingerprint(low: 0, high: 0),
                    content: Fingerprint(low: 0, high: 0), extensions: carried.baseAddress!))
        }
    }
}
