// XXH3-128 over one or more parts, each preceded by its length, so that ("ab","c") and ("a","bc")
// differ. One state per `Fingerprinter`; no allocation per digest.

import CXXHash
package import EventModel

/// Computes fingerprints; owns one hash state. Used by one thread.
package struct Fingerprinter: ~Copyable {
    private let state: OpaquePointer

    package init() {
        guard let state = XXH3_createState() else { preconditionFailure("out of memory") }
        self.state = state
    }

    deinit { XXH3_freeState(state) }

    /// Of one span.
    package static func of(_ bytes: ByteView) -> Fingerprint {
        let hash = XXH3_128bits(bytes.baseAddress, bytes.count)
        return Fingerprint(low: hash.low64, high: hash.high64)
    }

    /// Of an event's identity: source and id.
    package func identity(source: ByteView, id: ByteView) -> Fingerprint {
        begin()
        add(source)
        add(id)
        return end()
    }

    /// Of an event's content (design rule 5): type, subject (absent differs from empty), time as
    /// written, data as received.
    package func content(type: ByteView, subject: ByteView?, time: ByteView, data: ByteView)
        -> Fingerprint
    {
        begin()
        add(type)
        add(subject ?? ByteView(start: nil, count: 0), isPresent: subject != nil)
        add(time)
        add(data)
        return end()
    }

    private func begin() { XXH3_128bits_reset(state) }

    private func add(_ part: ByteView, isPresent: Bool = true) {
        var length = isPresent ? UInt64(part.count) : .max
        withUnsafeBytes(of: &length) { _ = XXH3_128bits_update(state, $0.baseAddress, $0.count) }
        if part.count > 0 { _ = XXH3_128bits_update(state, part.baseAddress, part.count) }
    }

    private func end() -> Fingerprint {
        let hash = XXH3_128bits_digest(state)
        return Fingerprint(low: hash.low64, high: hash.high64)
    }
}
