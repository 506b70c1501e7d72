// Whether `source` is a URI-reference. A slot sees the same few sources again and again, so it
// remembers the last good one: comparing is a tenth of judging.

import EventModel

/// Judges sources; remembers the last one that was good.
struct SourceCheck: ~Copyable {
    private var lastGood = ByteBuffer()

    init() {}

    mutating func isReference(_ source: ByteView) -> Bool {
        if source.count > 0 && source.equals(lastGood.bytes) { return true }
        guard URISyntax.isReference(source) else { return false }
        lastGood.prepare(source.count).copyMemory(from: source)
        lastGood.use(source.count)
        return true
    }
}
