// The lots of a task, found by a 128-bit fingerprint of their id. Nearly every record only asks "do
// we know this lot, is its gate closed": the answer is in the slot itself, so it costs one hash
// and one cache miss, and makes nothing. Ids are not compared: fingerprints that clash by
// accident are not to be expected in the life of a plant.

import Digests
import EventModel

/// Open addressing with linear probing; lots are never removed in this edition.
struct LotTable: Sendable {
    /// What a record on the hot path asks.
    struct Standing: OptionSet, Sendable {
        let rawValue: UInt32
        static let registered = Standing(rawValue: 1)
        static let closed = Standing(rawValue: 2)
    }

    private struct Slot: Sendable {
        var low: UInt64 = 0
        var high: UInt64 = 0
        /// Index in `lots` plus one; zero in an empty slot.
        var place: UInt32 = 0
        var standing: Standing = []
    }

    private var slots = ContiguousArray<Slot>(repeating: Slot(), count: 64)
    private(set) var lots: ContiguousArray<Lot> = []

    func standing(of id: ByteView) -> Standing {
        slots[slot(of: Fingerprinter.of(id))].standing
    }

    /// Nil for a lot never heard of. Setting adds or replaces it; a lot is never taken away.
    subscript(id: String) -> Lot? {
        get {
            let place = slots[slot(of: Self.fingerprint(of: id))].place
            return place == 0 ? nil : lots[Int(place) - 1]
        }
        set {
            guard let newValue else { preconditionFailure("lots are never removed") }
            put(newValue)
        }
    }

    private mutating func put(_ lot: Lot) {
        let fingerprint = Self.fingerprint(of: lot.id)
        var at = slot(of: fingerprint)
        if slots[at].place == 0 {
            if lots.count * 2 >= slots.count {
                grow()
                at = slot(of: fingerprint)
            }
            lots.append(lot)
            slots[at] = Slot(
                low: fingerprint.low, high: fingerprint.high, place: UInt32(lots.count))
        } else {
            lots[Int(slots[at].place) - 1] = lot
        }
        var standing: Standing = lot.isRegistered ? .registered : []
        if lot.gate?.isOpen == false { standing.insert(.closed) }
        slots[at].standing = standing
    }

    /// The slot that holds the fingerprint, or the empty one where it belongs.
    private func slot(of fingerprint: Fingerprint) -> Int {
        let mask = slots.count - 1
        var at = Int(truncatingIfNeeded: fingerprint.low) & mask
        while slots[at].place != 0
            && (slots[at].low != fingerprint.low || slots[at].high != fingerprint.high)
        {
            at = (at + 1) & mask
        }
        return at
    }

    private mutating func grow() {
        let old = slots
        slots = ContiguousArray(repeating: Slot(), count: old.count * 2)
        for entry in old where entry.place != 0 {
            slots[slot(of: Fingerprint(low: entry.low, high: entry.high))] = entry
        }
    }

    private static func fingerprint(of id: String) -> Fingerprint {
        var id = id
        return id.withUTF8 { Fingerprinter.of(ByteView($0)) }
    }
}
