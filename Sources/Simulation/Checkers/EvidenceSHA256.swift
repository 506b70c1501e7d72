// The checkers' own SHA-256 (FIPS 180-4): ids and the chain of batch records are judged with code
// that has nothing in common with the product's.

/// A digest in the making.
struct EvidenceSHA256 {
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
        0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
        0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
        0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
        0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
        0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
        0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
        0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
        0xc671_78f2,
    ]

    /// The digest of these bytes, in lower-case hex.
    static func hex(_ message: [UInt8]) -> String {
        var digest = EvidenceSHA256()
        message.withUnsafeBufferPointer { bytes in
            constants.withUnsafeBufferPointer { constants in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
                    let whole = bytes.count / 64 * 64
                    for start in stride(from: 0, to: whole, by: 64) {
                        digest.block(bytes, start, constants, schedule)
                    }
                    digest.finish(bytes, from: whole, constants, schedule)
                }
            }
        }
        return digest.text
    }

    private var state: SIMD8<UInt32> = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
        0x5be0_cd19,
    ]

    private var text: String {
        String(unsafeUninitializedCapacity: 64) { out in
            for index in 0..<8 {
                for nibble in 0..<8 {
                    let digit = UInt8(state[index] >> UInt32(28 - nibble * 4) & 15)
                    out[index * 8 + nibble] = digit < 10 ? 48 + digit : 87 + digit
                }
            }
            return 64
        }
    }

    /// The rest of the message, a one bit, zeros and the length in bits.
    private mutating func finish(
        _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ k: UnsafeBufferPointer<UInt32>,
        _ w: UnsafeMutableBufferPointer<UInt32>
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 128) { tail in
            tail.initialize(repeating: 0)
            let rest = bytes.count - start
            for index in 0..<rest { tail[index] = bytes[start + index] }
            tail[rest] = 0x80
            let size = rest < 56 ? 64 : 128
            let bits = UInt64(bytes.count) * 8
            for index in 0..<8 {
                tail[size - 1 - index] = UInt8(truncatingIfNeeded: bits >> UInt64(index * 8))
            }
            for start in stride(from: 0, to: size, by: 64) {
                block(UnsafeBufferPointer(tail), start, k, w)
            }
        }
    }

    private mutating func block(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ k: UnsafeBufferPointer<UInt32>,
        _ w: UnsafeMutableBufferPointer<UInt32>
    ) {
        guard let raw = UnsafeRawPointer(bytes.baseAddress), let w = w.baseAddress,
            let k = k.baseAddress
        else { return }
        for index in 0..<16 {
            w[index] = UInt32(
                bigEndian: raw.loadUnaligned(fromByteOffset: start + index * 4, as: UInt32.self))
        }
        for index in 16..<64 {
            let low = w[index - 15]
            let high = w[index - 2]
            let one = Self.turn(low, 7) ^ Self.turn(low, 18) ^ low &>> 3
            let two = Self.turn(high, 17) ^ Self.turn(high, 19) ^ high &>> 10
            w[index] = w[index - 16] &+ one &+ w[index - 7] &+ two
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        // Eight rounds at a time: the names take turns instead of the values.
        for at in stride(from: 0, to: 64, by: 8) {
            Self.round(a, b, c, &d, e, f, g, &h, k[at] &+ w[at])
            Self.round(h, a, b, &c, d, e, f, &g, k[at + 1] &+ w[at + 1])
            Self.round(g, h, a, &b, c, d, e, &f, k[at + 2] &+ w[at + 2])
            Self.round(f, g, h, &a, b, c, d, &e, k[at + 3] &+ w[at + 3])
            Self.round(e, f, g, &h, a, b, c, &d, k[at + 4] &+ w[at + 4])
            Self.round(d, e, f, &g, h, a, b, &c, k[at + 5] &+ w[at + 5])
            Self.round(c, d, e, &f, g, h, a, &b, k[at + 6] &+ w[at + 6])
            Self.round(b, c, d, &e, f, g, h, &a, k[at + 7] &+ w[at + 7])
        }
        state &+= SIMD8(a, b, c, d, e, f, g, h)
    }

    @inline(__always)
    private static func turn(_ x: UInt32, _ by: UInt32) -> UInt32 { x &>> by | x &<< (32 &- by) }

    @inline(__always)
    private static func round(
        _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32,
        _ g: UInt32, _ h: inout UInt32, _ more: UInt32
    ) {
        let one = h &+ (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) &+ (g ^ e & (f ^ g)) &+ more
        d = d &+ one
        h = one &+ (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) &+ (a & b | c & (a | b))
    }
}
