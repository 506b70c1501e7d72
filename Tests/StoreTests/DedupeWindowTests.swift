// The dedupe window against its oracle, and the bounds it promises.

import EventModel
import Testing

@testable import Store

private func limits(bucketSeconds: Int64 = 3600, windowSeconds: Int64 = 86_400) -> Limits {
    var limits = Limits()
    limits.dedupeBucketSeconds = bucketSeconds
    limits.dedupeWindowSeconds = windowSeconds
    return limits
}

private let hour: Int64 = 3_600_000_000

@Suite struct DedupeWindowTests {
    @Test(arguments: 0..<24 as Range<UInt64>)
    func `the window and the oracle agree over duplicates, conflicts, expiry and rollback`(
        seed: UInt64
    ) throws {
        var random = SplitMix64(state: seed)
        let shards = 1 + random.below(3)
        let ids = 50 + random.below(3_000)
        var window = DedupeWindow(topic: .qmsQuality, limits: limits(windowSeconds: 4 * 3600))
        var model = WindowModel(width: hour, span: 4)
        var committed = model
        var blocks: [SightingBlock] = []
        var time: Int64 = seed % 2 == 0 ? 490_000 * hour : -3 * hour
        for _ in 0..<400 {
            for _ in 0..<random.below(60) {
                time += Int64(random.below(UInt64(hour / 100)))
                if random.below(400) == 0 { time += Int64(random.below(7)) * hour }
                // Append times may run backwards, also by more than the window.
                let own = random.below(8) == 0 ? time - Int64(random.below(7)) * hour : time
                let id = random.below(ids)
                let content = random.below(20) == 0 ? 7 : id
                let identity = fingerprint(id, shards: shards)
                window.touch(identity)
                let verdict = window.see(
                    identity: identity, content: Fingerprint(low: content, high: 0),
                    appendTime: Instant(rawValue: own))
                try #require(verdict == model.see(id: id, content: content, time: own))
            }
            if random.below(3) == 0 {
                window.rollback()
                model = committed
                time = model.clock ?? time
            } else {
                blocks += window.takePending()
                committed = model
            }
            try #require(window.clock?.rawValue == model.clock)
            try #require(window.count == model.count)
            if let clock = window.clock {
                try #require(window.lowestLiveBucket == model.floor)
                try #require(clock.rawValue >= 0 || seed % 2 == 1)
            }
        }
        // What the blocks bring back is the window that was.
        var again = DedupeWindow(
            topic: .qmsQuality, limits: limits(windowSeconds: 4 * 3600), clock: window.clock)
        for block in blocks { try again.load(block) }
        #expect(again.count == model.count && model.count > 0)
        let clock = window.clock
        let now = try #require(clock)
        for id in 0..<ids {
            let expected = model.see(id: id, content: 7, time: now.rawValue)
            #expect(
                again.see(
                    identity: fingerprint(id, shards: shards),
                    content: Fingerprint(low: 7, high: 0), appendTime: now) == expected)
        }
    }

    @Test func `a record older than the window is judged, but makes nothing known`() {
        var window = DedupeWindow(topic: .mesExecution)
        let id = fingerprint(1)
        window.advance(appendTime: Instant(rawValue: 100 * hour))
        let old = Instant(rawValue: 76 * hour - 1)
        #expect(window.see(identity: id, content: id, appendTime: old) == .firstSeen)
        #expect(window.see(identity: id, content: id, appendTime: old) == .firstSeen)
        #expect(window.takePending().isEmpty && window.count == 0)
        // The lowest bucket of the window still counts.
        let edge = Instant(rawValue: 76 * hour)
        #expect(window.see(identity: id, content: id, appendTime: edge) == .firstSeen)
        #expect(window.see(identity: id, content: id, appendTime: old) == .duplicate)
        #expect(window.see(identity: id, content: fingerprint(2), appendTime: old) == .conflict)
        window.advance(appendTime: Instant(rawValue: 101 * hour))
        #expect(window.see(identity: id, content: id, appendTime: edge) == .firstSeen)
    }

    @Test func `a duplicate keeps an id known, a conflict does not`() {
        var window = DedupeWindow(topic: .mesExecution)
        let (kept, lost) = (fingerprint(1), fingerprint(2))
        func at(_ hours: Int64) -> Instant { Instant(rawValue: hours * hour) }
        _ = window.see(identity: kept, content: kept, appendTime: at(0))
        _ = window.see(identity: lost, content: lost, appendTime: at(0))
        #expect(window.see(identity: kept, content: kept, appendTime: at(20)) == .duplicate)
        #expect(window.see(identity: lost, content: kept, appendTime: at(20)) == .conflict)
        #expect(window.see(identity: kept, content: kept, appendTime: at(25)) == .duplicate)
        #expect(window.see(identity: lost, content: kept, appendTime: at(25)) == .firstSeen)
    }

    @Test func `a rollback revives what the batch's own clock had expired`() {
        var window = DedupeWindow(topic: .mesExecution)
        let start = Instant(rawValue: 1000 * hour)
        for id in 0..<5_000 as Range<UInt64> {
            let id = fingerprint(id, shards: 1)
            _ = window.see(identity: id, content: id, appendTime: start)
        }
        _ = window.takePending()
        // A week later in one batch: all expired, tables made anew, slots wanted.
        for id in 10_000..<20_000 as Range<UInt64> {
            let id = fingerprint(id, shards: 1)
            _ = window.see(
                identity: id, content: id, appendTime: start.advanced(seconds: 7 * 86_400))
        }
        #expect(window.count == 10_000)
        window.rollback()
        #expect(window.count == 5_000 && window.clock == start)
        for id in 0..<5_000 as Range<UInt64> {
            let id = fingerprint(id, shards: 1)
            #expect(window.see(identity: id, content: id, appendTime: start) == .duplicate)
        }
    }

    @Test func `days of sliding traffic take no more memory than one day, and less traffic less`() {
        var window = DedupeWindow(
            topic: .mesExecution, limits: limits(bucketSeconds: 3600, windowSeconds: 4 * 3600))
        var next: UInt64 = 0
        var peaks: [Int] = []
        for hours in 0..<40 as Range<Int64> {
            for _ in 0..<4_000 {
                let id = fingerprint(next, shards: 16)
                next += 1
                _ = window.see(
                    identity: id, content: id, appendTime: Instant(rawValue: hours * hour))
            }
            _ = window.takePending()
            peaks.append(window.memoryBytes)
            #expect(window.count <= 20_000)
        }
        #expect(peaks[20...].max() ?? .max <= (peaks[8...12].max() ?? 0) * 115 / 100)
        for hours in 40..<50 as Range<Int64> {
            for _ in 0..<4096 {
                let id = fingerprint(next, shards: 16)
                if next % 40 == 0 {
                    _ = window.see(
                        identity: id, content: id, appendTime: Instant(rawValue: hours * hour))
                }
                next += 1
                if next % 8 == 0 { _ = window.takePending() }
            }
        }
        #expect(window.slotBytes < 16 * 60 * 600)
    }

    @Test func `memory stays below 64 bytes an id at any fill, and no insert moves many`() {
        var window = DedupeWindow(topic: .mesExecution)
        for id in 0..<40_000 as Range<UInt64> {
            // 8 tables, so that they are as full as those of a window with millions.
            let identity = fingerprint(id, shards: 8)
            _ = window.see(identity: identity, content: identity, appendTime: Instant(rawValue: 0))
            if id % 100 == 0 { _ = window.takePending() }
            if id > 2_000 { #expect(window.slotBytes <= 64 * window.count) }
        }
        #expect(window.entriesMovedMax <= 40_000 / 8 * 5 / 4)
    }

    @Test func `a torn or odd block is refused as a whole`() throws {
        var window = DedupeWindow(topic: .mesExecution)
        for id in 0..<3 as Range<UInt64> {
            _ = window.see(
                identity: fingerprint(id), content: fingerprint(id),
                appendTime: Instant(rawValue: 5 * hour))
        }
        let block = try #require(window.takePending().first)
        #expect(block.bytes.count == 16 + 3 * 24 && block.bucket == 5)
        for length in 0..<block.bytes.count {
            try refused(
                SightingBlock(
                    topic: block.topic, bucket: 5, bytes: Array(block.bytes.prefix(length))))
        }
        for at in block.bytes.indices {
            var bytes = block.bytes
            bytes[at] ^= 0x10
            try refused(SightingBlock(topic: block.topic, bucket: 5, bytes: bytes))
        }
        try refused(SightingBlock(topic: block.topic, bucket: 6, bytes: block.bytes))
    }

    private func refused(_ block: SightingBlock) throws {
        var window = DedupeWindow(topic: .mesExecution)
        #expect(throws: SightingError.self) { try window.load(block) }
        #expect(window.count == 0)
    }
}
