// The oracle of the dedupe window: rule 6 written down as plainly as possible, over a Dictionary
// that forgets nothing, and copied as a whole where the window keeps a journal.

import EventModel

@testable import Store

struct WindowModel: Equatable {
    struct Known: Equatable {
        var content: UInt64
        var bucket: Int64
    }
    var ids: [UInt64: Known] = [:]
    var clock: Int64?
    let width: Int64
    let span: Int64

    func bucket(_ time: Int64) -> Int64 {
        var bucket = time / width
        if time % width < 0 { bucket -= 1 }
        return bucket
    }

    var floor: Int64 { clock.map { bucket($0) - span } ?? .min }

    mutating func see(id: UInt64, content: UInt64, time: Int64) -> DedupeWindow.Verdict {
        clock = max(clock ?? .min, time)
        let own = bucket(time)
        if let known = ids[id], known.bucket >= floor {
            if known.content != content { return .conflict }
            ids[id] = Known(content: content, bucket: max(known.bucket, own))
            return .duplicate
        }
        if own >= floor { ids[id] = Known(content: content, bucket: own) }
        return .firstSeen
    }

    var count: Int { ids.values.count { $0.bucket >= floor } }
}

/// Seeded and repeatable (Steele, Lea, Flood: SplitMix64).
struct SplitMix64 {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }
    mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A fingerprint for a number; with few `shards`, all ids crowd into so many tables.
func fingerprint(_ id: UInt64, shards: UInt64 = 4096) -> Fingerprint {
    let low = SplitMix64.mix(id &+ 1)
    return Fingerprint(
        low: (low % shards) << 52 | low >> 12, high: SplitMix64.mix(id ^ 0xABCD_0000_0000))
}
