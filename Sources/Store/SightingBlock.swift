// The sightings of one batch in one bucket, packed: one blob row instead of a row an id (a table
// keyed by random ids falls to a tenth of an append-only one).
//
//   byte 0      version, 1
//   bytes 1-3   zero
//   bytes 4-7   number of entries, little-endian
//   bytes 8-15  sum over version, topic, bucket, entries
//   then 24 bytes an entry: identity low, identity high, content; little-endian

package import EventModel

/// Packed sightings of one input topic and bucket.
package struct SightingBlock: Equatable, Sendable {
    package let topic: Topic
    /// floor(append time / width of a bucket).
    package let bucket: Int64
    package let bytes: [UInt8]

    package init(topic: Topic, bucket: Int64, bytes: [UInt8]) {
        self.topic = topic
        self.bucket = bucket
        self.bytes = bytes
    }
}

/// A block that cannot be believed.
package struct SightingError: Error, Equatable, CustomStringConvertible {
    package let description: String
}

extension SightingBlock {
    static let version: UInt8 = 1
    static let headerBytes = 16
    static let entryBytes = 24

    /// One sighting as stored.
    struct Entry: Equatable {
        var low: UInt64
        var high: UInt64
        var content: UInt64
    }

    /// Packs entries; `count` of them are appended by `fill`.
    static func pack(topic: Topic, bucket: Int64, count: Int, _ fill: ((Entry) -> Void) -> Void)
        -> SightingBlock
    {
        let size = headerBytes + count * entryBytes
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, used in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            func store(_ word: UInt64, _ at: Int) {
                raw.storeBytes(of: word.littleEndian, toByteOffset: at, as: UInt64.self)
            }
            var at = headerBytes
            fill { entry in
                precondition(at + entryBytes <= size, "more sightings than were counted")
                store(entry.low, at)
                store(entry.high, at + 8)
                store(entry.content, at + 16)
                at += entryBytes
            }
            precondition(at == size, "fewer sightings than were counted")
            store(UInt64(version) | UInt64(UInt32(count)) << 32, 0)
            let sum = sum(topic, bucket, ByteView(rebasing: ByteView(raw)[headerBytes...]))
            store(UInt64(bitPattern: sum), 8)
            used = size
        }
        return SightingBlock(topic: topic, bucket: bucket, bytes: bytes)
    }

    /// Calls `body` for each entry, after the block was checked as a whole.
    func forEach(_ body: (Entry) throws(SightingError) -> Void) throws(SightingError) {
        let count = try check()
        for index in 0..<count {
            let at = Self.headerBytes + index * Self.entryBytes
            try body(Entry(low: word(at), high: word(at + 8), content: word(at + 16)))
        }
    }

    private func check() throws(SightingError) -> Int {
        func fail(_ what: String) -> SightingError {
            SightingError(description: "a block of \(topic.name) in bucket \(bucket) \(what)")
        }
        guard bytes.count >= Self.headerBytes else { throw fail("is shorter than its header") }
        guard bytes[0] == Self.version else { throw fail("has unknown version \(bytes[0])") }
        let count = Int(word(0) >> 32)
        guard bytes.count == Self.headerBytes + count * Self.entryBytes else {
            throw fail("has \(bytes.count) bytes for \(count) entries")
        }
        let sum = bytes.withUnsafeBytes {
            Self.sum(topic, bucket, ByteView(rebasing: $0[Self.headerBytes...]))
        }
        guard word(0) & 0xffff_ffff == UInt64(Self.version), sum == Int64(bitPattern: word(8))
        else { throw fail("does not match its sum") }
        return count
    }

    private func word(_ at: Int) -> UInt64 {
        bytes.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        }
    }

    private static func sum(_ topic: Topic, _ bucket: Int64, _ entries: ByteView) -> Int64 {
        var sum = Checksum()
        sum.add(UInt64(version))
        sum.add(UInt64(topic.rawValue))
        sum.add(UInt64(bitPattern: bucket))
        sum.add(entries)
        return sum.value
    }
}
