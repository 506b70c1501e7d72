// Ids are bytes. Swift's String compares by canonical equivalence, so that two ids which a keyboard
// can tell apart ("é" composed and decomposed) would share a hold set; this key compares bytes.

import EventModel

/// A text as a key of tables: equal only byte for byte.
struct ByteKey: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ByteKey, right: ByteKey) -> Bool {
        var (left, right) = (left.text, right.text)
        // A loop over UTF8View costs ten times what comparing memory does.
        return left.withUTF8 { left in
            right.withUTF8 { right in
                UnsafeRawBufferPointer(left).isSame(as: UnsafeRawBufferPointer(right))
            }
        }
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension Subject {
    /// What its hold set is found by. Types are the contract's own words, so the slash is no doubt.
    var key: ByteKey { ByteKey(text) }
}
