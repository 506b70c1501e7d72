// What one task asks of another, as the bytes that go to holdfast.signals.

/// A record for holdfast.signals: kind `signal` or `holdProposed` (formats: docs/decisions/0001).
package struct OutboundSignal: Equatable, Sendable {
    /// The root-cause key, or the id of the subject whose owner is asked.
    package let key: String
    /// Canonical JSON.
    package let value: [UInt8]
}
