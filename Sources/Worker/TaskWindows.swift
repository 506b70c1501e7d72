// The dedupe windows of a task: one per input topic that comes from outside (design rule 6;
// holdfast.signals is ours and never deduped).

import EventModel
import Store

/// Windows for mes.execution and qms.quality.
struct TaskWindows: ~Copyable {
    static let topics: [Topic] = [.mesExecution, .qmsQuality]

    var execution: DedupeWindow
    var quality: DedupeWindow

    init(limits: Limits) {
        execution = DedupeWindow(topic: .mesExecution, limits: limits)
        quality = DedupeWindow(topic: .qmsQuality, limits: limits)
    }

    /// Comes before `touch`, by some records.
    @inline(__always)
    func approach(_ topic: Topic, _ identity: Fingerprint) {
        if case .mesExecution = topic {
            execution.approach(identity)
        } else {
            quality.approach(identity)
        }
    }

    @inline(__always)
    func touch(_ topic: Topic, _ identity: Fingerprint) {
        if case .mesExecution = topic {
            execution.touch(identity)
        } else {
            quality.touch(identity)
        }
    }

    @inline(__always)
    mutating func advance(_ topic: Topic, to appendTime: Instant) {
        if case .mesExecution = topic {
            execution.advance(appendTime: appendTime)
        } else {
            quality.advance(appendTime: appendTime)
        }
    }

    @inline(__always)
    mutating func see(_ topic: Topic, _ event: borrowing InboundEvent) -> DedupeWindow.Verdict {
        if case .mesExecution = topic {
            execution.see(
                identity: event.identity, content: event.content, appendTime: event.appendTime)
        } else {
            quality.see(
                identity: event.identity, content: event.content, appendTime: event.appendTime)
        }
    }

    /// Greatest append time shown, per topic that has shown one.
    var clocks: [Topic: Instant] {
        var clocks: [Topic: Instant] = [:]
        if let clock = execution.clock { clocks[.mesExecution] = clock }
        if let clock = quality.clock { clocks[.qmsQuality] = clock }
        return clocks
    }

    /// Loads what the store keeps of a topic's live buckets.
    mutating func load(_ topic: Topic, from store: TaskStore) throws(StoreError) {
        if topic == .mesExecution {
            try store.load(into: &execution)
        } else {
            try store.load(into: &quality)
        }
    }

    /// Sightings since the last commit, packed for the store.
    mutating func takePending() -> [SightingBlock] {
        execution.takePending() + quality.takePending()
    }

    /// Buckets that the store may drop whole.
    var drops: [(topic: Topic, bucket: Int64)] {
        [(.mesExecution, execution.lowestLiveBucket), (.qmsQuality, quality.lowestLiveBucket)]
    }

    var count: Int { execution.count + quality.count }
}
