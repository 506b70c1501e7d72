// Lines of words: the format of inputs that say what to do. Everything after the words that a line
// needs is its text, spaces and all.

import EventModel

/// One line, taken apart word by word.
struct TextLine {
    private var rest: ByteView

    /// The lines of an input.
    static func forEach(in input: ByteView, max: Int, _ body: (TextLine) -> Void) {
        var rest: ByteView? = input
        for _ in 0..<max {
            guard let bytes = rest else { return }
            let (line, after) = InputRecord.cut(bytes, at: 0x0a)
            body(TextLine(rest: line))
            rest = after
        }
    }

    /// The next word; empty at the end.
    mutating func word() -> String {
        let (word, after) = InputRecord.cut(rest, at: 0x20)
        rest = after ?? ByteView(rebasing: rest[rest.count...])
        return word.text
    }

    /// The next word as a number, 0 when it is none.
    mutating func number() -> Int64 { Int64(word()) ?? 0 }

    /// What is left.
    var bytes: ByteView { rest }
}
