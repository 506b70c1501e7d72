// XXH3-128 over one or more parts, each preceded by its length, so that ("ab","c") and ("a","bc")
// differ. The parts of an event are put side by side and hashed in one go, which costs a third of
// feeding them one by one; only what is larger than the room for it is fed. The digest is the same.

import CXXHash
package import EventModel

/// Computes fingerprints; owns one hash state and room for the parts of an event. Used by one
/// thread.
package struct Fingerprinter: ~Copyable {
    private let state: OpaquePointer
    private let room: UnsafeMutableRawPointer
    /// Parts and their lengths of up to so many bytes are hashed in one go.
    package static let roomBytes = 4_096

    package init() {
        guard let state = XXH3_createState() else { preconditionFailure("out of memory") }
        self.state = state
        room = .allocate(byteCount: Self.roomBytes, alignment: 64)
    }

    deinit {
        XXH3_freeState(state)
        room.deallocate()
    }

    /// Of one span.
    package static func of(_ bytes: ByteView) -> Fingerprint {
        let hash = holdfast_xxh3_128(bytes.baseAddress, bytes.count)
        return Fingerprint(low: hash.low64, high: hash.high64)
    }

    /// Of an event's identity: source and id.
    package func identity(source: ByteView, id: ByteView) -> Fingerprint {
        let size = 16 + source.count + id.count
        guard size <= Self.roomBytes else {
            XXH3_128bits_reset(state)
            feed(source)
            feed(id)
            return Self.fingerprint(XXH3_128bits_digest(state))
        }
        var at = room
        Self.put(source, at: &at)
        Self.put(id, at: &at)
        return Self.fingerprint(holdfast_xxh3_128(room, size))
    }

    /// Of an event's content (design rule 5): type, subject (absent differs from empty), time as
    /// written, data as received.
    package func content(type: ByteView, subject: ByteView?, time: ByteView, data: ByteView)
        -> Fingerprint
    {
        let named = subject ?? ByteView(start: nil, count: 0)
        let size = 32 + type.count + named.count + time.count + data.count
        guard size <= Self.roomBytes else {
            XXH3_128bits_reset(state)
            feed(type)
            feed(named, isPresent: subject != nil)
            feed(time)
            feed(data)
            return Self.fingerprint(XXH3_128bits_digest(state))
        }
        var at = room
        Self.put(type, at: &at)
        Self.put(named, isPresent: subject != nil, at: &at)
        Self.put(time, at: &at)
        Self.put(data, at: &at)
        return Self.fingerprint(holdfast_xxh3_128(room, size))
    }

    /// What stands before a part: its length, or that it is absent.
    private static func frame(_ part: ByteView, _ isPresent: Bool) -> UInt64 {
        isPresent ? UInt64(part.count) : .max
    }

    @inline(__always)
    private static func put(
        _ part: ByteView, isPresent: Bool = true, at place: inout UnsafeMutableRawPointer
    ) {
        place.storeBytes(of: frame(part, isPresent), as: UInt64.self)
        place += 8
        guard let base = part.baseAddress else { return }
        place.copyMemory(from: base, byteCount: part.count)
        place += part.count
    }

    private func feed(_ part: ByteView, isPresent: Bool = true) {
        var length = Self.frame(part, isPresent)
        withUnsafeBytes(of: &length) { _ = XXH3_128bits_update(state, $0.baseAddress, $0.count) }
        if part.count > 0 { _ = XXH3_128bits_update(state, part.baseAddress, part.count) }
    }

    private static func fingerprint(_ hash: XXH128_hash_t) -> Fingerprint {
        Fingerprint(low: hash.low64, high: hash.high64)
    }
}
