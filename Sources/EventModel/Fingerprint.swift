// 128 bits that stand for bytes: of an event's identity (source, id) and of its content.

/// A 128-bit digest. Not cryptographic: a clash is found by comparing contents and is loud
/// (docs/design.md).
package struct Fingerprint: Hashable, Sendable {
    package var low: UInt64
    package var high: UInt64
    package init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }
}
