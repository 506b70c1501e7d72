// SHA-256 by OpenSSL's EVP: for ids, policies and batch records (never per record).

import CCrypto
package import EventModel

/// An incremental SHA-256.
package struct SHA256: ~Copyable {
    private let context: OpaquePointer

    /// Looked up once: with `EVP_sha256()` libcrypto searches its providers for every digest.
    private static let method = UInt(bitPattern: EVP_MD_fetch(nil, "SHA256", nil))

    package init() {
        guard let context = EVP_MD_CTX_new(),
            EVP_DigestInit_ex(context, OpaquePointer(bitPattern: Self.method), nil) == 1
        else { preconditionFailure("libcrypto has no SHA-256") }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    package mutating func update(_ bytes: ByteView) {
        guard bytes.count > 0 else { return }
        precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1)
    }

    package mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(ByteView($0)) }
    }

    /// A part preceded by its length in 4 bytes, big-endian (design rule 4).
    package mutating func updateFramed(_ text: String) {
        var length = UInt32(text.utf8.count).bigEndian
        withUnsafeBytes(of: &length) { update($0) }
        update(text)
    }

    /// The digest in lower-case hex, 64 digits or the first so many; starts anew.
    package mutating func finishHex(digits count: Int = 64) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { digest in
            var length: UInt32 = 32
            precondition(
                EVP_DigestFinal_ex(context, digest.baseAddress, &length) == 1 && length == 32)
            // A nil type keeps the one there is, and what libcrypto has looked up for it.
            precondition(EVP_DigestInit_ex(context, nil, nil) == 1)
            return String(unsafeUninitializedCapacity: count) { out in
                for index in 0..<count {
                    let half = index & 1 == 0 ? digest[index / 2] >> 4 : digest[index / 2] & 15
                    out[index] = half < 10 ? 0x30 + half : 0x57 + half
                }
                return count
            }
        }
    }

    /// The digest of one span, in hex.
    package static func hex(of bytes: ByteView) -> String {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finishHex()
    }
}

/// The deterministic id of an effect (design rule 4): the first 32 hex digits of SHA-256 over type
/// (with version), cause source, cause id, rule id, subject type, subject id, each preceded by its
/// length.
package func eventID(type: EventType, cause: Cause, rule: String, subject: Subject) -> String {
    var hash = SHA256()
    hash.updateFramed(type.text)
    hash.updateFramed(cause.source)
    hash.updateFramed(cause.id)
    hash.updateFramed(rule)
    hash.updateFramed(subject.type)
    hash.updateFramed(subject.id)
    return hash.finishHex(digits: 32)
}
