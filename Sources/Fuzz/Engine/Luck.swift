// Luck that can be had again: everything a run does follows from its seed.

/// SplitMix64.
package struct Luck {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    /// A number from 0 to below `bound`; 0 when there is no room.
    package mutating func below(_ bound: Int) -> Int {
        bound <= 0 ? 0 : Int(next() % UInt64(bound))
    }

    /// Small numbers more often than large ones, below `bound`.
    mutating func small(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        return below(1 + below(1 + below(bound)))
    }
}
