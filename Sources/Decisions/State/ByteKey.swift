// Ids are bytes. Swift's String compares by canonical equivalence, so that two ids which a keyboard
// can tell apart ("é" composed and decomposed) would share a hold set; this key compares bytes.

import EventModel

/// A text as a key of tables: equal only byte for byte.
struct ByteKey: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: ByteKey, right: ByteKey) -> Bool {
        left.text.utf8.count == right.text.utf8.count
            && left.text.utf8.elementsEqual(right.text.utf8)
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
