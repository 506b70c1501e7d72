// Luck by a seed: SplitMix64. Everything that a simulation leaves to chance is rolled here, so that
// a seed is a run.

/// Luck by a seed.
package struct Dice: Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        // Neighbouring seeds shall not be one sequence shifted.
        state = seed
        state = next() ^ (seed << 32)
    }

    /// Dice of their own for one part of a run, so that a change in one part does not change the
    /// luck of all others.
    package init(seed: UInt64, part: UInt64) {
        self.init(seed: seed ^ (part &* 0xD6E8_FEB8_6659_FD93))
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    /// From 0 to `sides` - 1.
    package mutating func roll(_ sides: Int) -> Int { Int(next() % UInt64(sides)) }
    /// From `range`, both ends included.
    package mutating func roll(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + roll(range.count)
    }
    package mutating func chance(_ percent: Int) -> Bool { percent > 0 && roll(100) < percent }
    package mutating func perMille(_ share: Int) -> Bool { share > 0 && roll(1_000) < share }
    package mutating func pick<T>(_ items: [T]) -> T { items[roll(items.count)] }
}
