// Records as readable text, so that a corpus can be read and written by a person:
//
//     mes.execution L-4711          topic, key (~ is a null key)
//     ce_id: 1                      headers, as many as there are (a value ~ is null)
//                                   an empty line
//     {"specversion":...}           the value, to the end or to the byte 0x1E (~ is a null value)
//
// Any bytes are some records: what is missing is empty.

import EventModel

/// One record of an input; views into it.
struct InputRecord {
    static let separator: UInt8 = 0x1e
    private static let newline: UInt8 = 0x0a

    var topic: Topic
    var key: ByteView?
    var headers: [HeaderView] = []
    var value: ByteView?

    /// The records of an input.
    static func forEach(in input: ByteView, max: Int, _ body: (InputRecord) -> Void) {
        var rest = input
        for _ in 0..<max {
            let (record, after) = cut(rest, at: separator)
            body(InputRecord(record))
            guard let after else { return }
            rest = after
        }
    }

    init(_ bytes: ByteView) {
        let (first, body) = Self.cut(bytes, at: Self.newline)
        let (name, key) = Self.cut(first, at: 0x20)
        topic = Topic(name: name.text) ?? .mesExecution
        self.key = Self.nullable(key ?? ByteView(rebasing: first[first.count...]))
        var rest = body
        while let bytes = rest {
            let (line, after) = Self.cut(bytes, at: Self.newline)
            guard !line.isEmpty else {
                value = after.flatMap(Self.nullable) ?? nil
                return
            }
            let (name, text) = Self.cut(line, at: 0x3a)
            let trimmed = text.map { $0.first == 0x20 ? ByteView(rebasing: $0[1...]) : $0 }
            headers.append(HeaderView(name: name, value: trimmed.flatMap(Self.nullable)))
            rest = after
        }
    }

    /// What stands before the first such byte, and what stands after it when there is one.
    static func cut(_ bytes: ByteView, at byte: UInt8) -> (ByteView, ByteView?) {
        guard let index = bytes.firstIndex(of: byte) else { return (bytes, nil) }
        return (ByteView(rebasing: bytes[..<index]), ByteView(rebasing: bytes[(index + 1)...]))
    }

    /// Nil for `~`.
    private static func nullable(_ bytes: ByteView) -> ByteView? {
        bytes.count == 1 && bytes[0] == 0x7e ? nil : bytes
    }
}
