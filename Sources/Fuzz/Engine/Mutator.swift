// Makes inputs out of a corpus. Input number n of a target depends on the seed, the target, n and
// the corpus alone, so a finding is found again without the file that it left behind.

import EventModel

/// Inputs of one target.
package struct Mutator {
    private let seed: UInt64
    private let corpus: [[UInt8]]
    private let words: [[UInt8]]
    private let bytesMax: Int
    private static let changesMax = 8

    package init(target: FuzzTarget, corpus: [[UInt8]], seed: UInt64) {
        self.init(
            name: target.rawValue, corpus: corpus, words: Tokens.words(of: target),
            bytesMax: target.inputBytesMax, seed: seed)
    }

    /// For entries that are no `FuzzTarget`.
    package init(
        name: String, corpus: [[UInt8]], words: [[UInt8]], bytesMax: Int, seed: UInt64
    ) {
        // Targets of one seed must not walk in step.
        var mixed = seed
        for byte in name.utf8 { mixed = mixed &* 0x0100_0000_01b3 ^ UInt64(byte) }
        self.seed = mixed
        self.corpus = corpus.isEmpty ? [[]] : corpus
        self.words = words
        self.bytesMax = bytesMax
    }

    /// Input number `index`: first the corpus as it is, then changed.
    package func input(_ index: UInt64) -> [UInt8] {
        if index < UInt64(corpus.count) { return corpus[Int(index)] }
        var luck = Luck(seed: seed &+ index &* 0xD1B5_4A32_D192_ED03)
        var bytes = corpus[luck.below(corpus.count)]
        for _ in 0...luck.small(Self.changesMax) { change(&bytes, &luck) }
        if bytes.count > bytesMax { bytes.removeSubrange(bytesMax...) }
        return bytes
    }

    private func change(_ bytes: inout [UInt8], _ luck: inout Luck) {
        let place = luck.below(bytes.count + 1)
        switch luck.below(16) {
        case 0: if place < bytes.count { bytes[place] ^= 1 << UInt8(luck.below(8)) }
        case 1: if place < bytes.count { bytes[place] = UInt8(truncatingIfNeeded: luck.next()) }
        case 2: bytes.insert(UInt8(truncatingIfNeeded: luck.next()), at: place)
        case 3, 4: put(word(&luck), in: &bytes, at: place, over: 0)
        case 5: put(word(&luck), in: &bytes, at: place, over: luck.small(24))
        case 6: put([], in: &bytes, at: place, over: 1 + luck.small(64))
        case 7: bytes.removeSubrange(place...)
        case 8: put(piece(&luck), in: &bytes, at: place, over: luck.small(64))
        case 9: repeatRange(&bytes, from: place, &luck)
        case 10, 11: replaceNumber(&bytes, from: place, &luck)
        case 12: replaceValue(&bytes, from: place, &luck)
        case 13: nest(&bytes, at: place, &luck)
        case 14: moveRange(&bytes, from: place, &luck)
        default:
            let byte = UInt8(truncatingIfNeeded: luck.next())
            put(Array(repeating: byte, count: luck.small(2_048)), in: &bytes, at: place, over: 0)
        }
    }

    private func put(
        _ new: some Collection<UInt8>, in bytes: inout [UInt8], at place: Int, over count: Int
    ) {
        bytes.replaceSubrange(place..<min(bytes.count, place + count), with: new)
    }

    private func word(_ luck: inout Luck) -> [UInt8] {
        luck.below(4) == 0
            ? Array(Tokens.numbers[luck.below(Tokens.numbers.count)].utf8)
            : words[luck.below(words.count)]
    }

    /// A piece of another file of the corpus.
    private func piece(_ luck: inout Luck) -> ArraySlice<UInt8> {
        let other = corpus[luck.below(corpus.count)]
        let start = luck.below(other.count + 1)
        return other[start..<min(other.count, start + 1 + luck.small(512))]
    }

    /// The same again and again: many members, many headers, a long text.
    private func repeatRange(_ bytes: inout [UInt8], from start: Int, _ luck: inout Luck) {
        let end = min(bytes.count, start + 1 + luck.small(64))
        guard start < end else { return }
        let piece = bytes[start..<end]
        var new: [UInt8] = []
        for _ in 0...luck.small(64) { new += piece }
        bytes.insert(contentsOf: new, at: start)
    }

    /// Digits become one of the numbers at the edges.
    private func replaceNumber(_ bytes: inout [UInt8], from start: Int, _ luck: inout Luck) {
        guard let first = bytes[start...].firstIndex(where: Self.isDigit) else { return }
        let end = bytes[first...].firstIndex { !Self.isDigit($0) } ?? bytes.count
        let number = Tokens.numbers[luck.below(Tokens.numbers.count)]
        bytes.replaceSubrange(first..<end, with: Array(number.utf8))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    /// What stands between two quotes becomes something else.
    private func replaceValue(_ bytes: inout [UInt8], from start: Int, _ luck: inout Luck) {
        guard let open = bytes[start...].firstIndex(of: 0x22),
            let close = bytes[(open + 1)...].firstIndex(of: 0x22)
        else { return }
        let text: [UInt8]
        switch luck.below(4) {
        case 0: text = Array(Tokens.times[luck.below(Tokens.times.count)].utf8)
        case 1: text = Array(Tokens.numbers[luck.below(Tokens.numbers.count)].utf8)
        case 2: text = Array(repeating: 0x61, count: luck.small(1_200))
        default: text = Array(word(&luck).filter { $0 != 0x22 })
        }
        bytes.replaceSubrange((open + 1)..<close, with: text)
    }

    /// Containers in containers.
    private func nest(_ bytes: inout [UInt8], at place: Int, _ luck: inout Luck) {
        let depth = 1 + luck.small(600)
        let open: [[UInt8]] = [[0x5b], Array(#"{"a":"#.utf8), Array("- ".utf8), Array("(".utf8)]
        let close: [[UInt8]] = [[0x5d], [0x7d], [], [0x29]]
        let kind = luck.below(open.count)
        let isClosed = luck.below(2) == 0
        var new: [UInt8] = []
        for _ in 0..<depth { new += open[kind] }
        if isClosed {
            new += [0x31]
            for _ in 0..<depth { new += close[kind] }
        }
        bytes.insert(contentsOf: new, at: place)
    }

    private func moveRange(_ bytes: inout [UInt8], from start: Int, _ luck: inout Luck) {
        let end = min(bytes.count, start + 1 + luck.small(128))
        let piece = Array(bytes[start..<end])
        if luck.below(2) == 0 { bytes.removeSubrange(start..<end) }
        bytes.insert(contentsOf: piece, at: luck.below(bytes.count + 1))
    }
}
