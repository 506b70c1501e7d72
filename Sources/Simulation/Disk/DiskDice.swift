// The luck of a simulated disk, by its seed alone: the same seed and the same operations give the
// same disk, whatever else is rolled elsewhere.

/// SplitMix64.
package struct DiskDice: Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        // Neighbouring seeds shall not be one sequence shifted.
        state = seed
        state = next() ^ (seed << 32)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// 0 ..< sides.
    package mutating func roll(_ sides: Int) -> Int { Int(next() % UInt64(sides)) }
}
