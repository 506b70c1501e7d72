// Kafka's default partitioner, as the Java client computes it: murmur2 of the key, sign bit
// cleared, modulo the partition count (org.apache.kafka.common.utils.Utils.murmur2).

/// murmur2 with Kafka's seed over the bytes of a key.
package func murmur2(_ key: UnsafeRawBufferPointer) -> Int32 {
    let multiplier: UInt32 = 0x5bd1_e995
    var hash: UInt32 = 0x9747_b28c ^ UInt32(truncatingIfNeeded: key.count)
    let words = key.count / 4
    for word in 0..<words {
        var k = UInt32(
            littleEndian: key.loadUnaligned(fromByteOffset: word * 4, as: UInt32.self))
        k = k &* multiplier
        k ^= k >> 24
        k = k &* multiplier
        hash = (hash &* multiplier) ^ k
    }
    let tail = words * 4
    let left = key.count - tail
    if left >= 3 { hash ^= UInt32(key[tail + 2]) << 16 }
    if left >= 2 { hash ^= UInt32(key[tail + 1]) << 8 }
    if left >= 1 {
        hash ^= UInt32(key[tail])
        hash = hash &* multiplier
    }
    hash ^= hash >> 13
    hash = hash &* multiplier
    hash ^= hash >> 15
    return Int32(bitPattern: hash)
}

extension Partition {
    /// The partition that every producer with Java's partitioner puts this key in.
    package static func of(key: UnsafeRawBufferPointer, count: Int32) -> Partition {
        Partition((murmur2(key) & 0x7fff_ffff) % count)
    }

    /// The same, for a key in hand as text.
    package static func of(key: String, count: Int32) -> Partition {
        var key = key
        return key.withUTF8 { of(key: UnsafeRawBufferPointer($0), count: count) }
    }
}
