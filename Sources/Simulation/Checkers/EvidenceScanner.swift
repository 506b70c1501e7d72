// The grammar of JSON, for EvidenceJSON: bytes to a flat list of nodes, or nothing.

import Glibc

/// One pass over a text.
struct EvidenceScanner {
    private let text: UnsafeBufferPointer<UInt8>
    private var at = 0
    private(set) var nodes: ContiguousArray<EvidenceJSON.Node> = []

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        nodes.reserveCapacity(text.count / 8 + 4)
    }

    /// False when the text is no JSON.
    mutating func scan() -> Bool {
        guard value(depth: 0) else { return false }
        skipSpace()
        return at == text.count
    }

    private var byte: UInt8? { at < text.count ? text[at] : nil }

    private mutating func skipSpace() {
        while at < text.count {
            let byte = text[at]
            guard byte == 32 || byte == 10 || byte == 13 || byte == 9 else { return }
            at += 1
        }
    }

    @inline(__always)
    private mutating func take(_ expected: UInt8) -> Bool {
        guard byte == expected else { return false }
        at += 1
        return true
    }

    private mutating func open(_ kind: EvidenceJSON.Kind) -> Int {
        nodes.append(
            EvidenceJSON.Node(kind: kind, start: Int32(at), end: 0, next: 0))
        return nodes.count - 1
    }

    private mutating func close(_ node: Int, at end: Int) {
        nodes[node].end = Int32(end)
        nodes[node].next = Int32(nodes.count)
    }

    private mutating func value(depth: Int) -> Bool {
        skipSpace()
        switch byte {
        case UInt8(ascii: "{"): return object(depth: depth + 1)
        case UInt8(ascii: "["): return array(depth: depth + 1)
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true", .yes)
        case UInt8(ascii: "f"): return word("false", .no)
        case UInt8(ascii: "n"): return word("null", .null)
        case nil: return false
        default: return number()
        }
    }

    private mutating func word(_ word: StaticString, _ kind: EvidenceJSON.Kind) -> Bool {
        let node = open(kind)
        for index in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[index]) { return false }
        close(node, at: at)
        return true
    }

    private mutating func object(depth: Int) -> Bool {
        guard depth <= EvidenceJSON.depthMax else { return false }
        let node = open(.object)
        at += 1
        skipSpace()
        if byte == UInt8(ascii: "}") {
            at += 1
            close(node, at: at)
            return true
        }
        while true {
            skipSpace()
            let name = nodes.count
            guard byte == UInt8(ascii: "\""), string(), isNew(name, in: node) else { return false }
            skipSpace()
            guard take(UInt8(ascii: ":")), value(depth: depth) else { return false }
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { return false }
            close(node, at: at)
            return true
        }
    }

    /// No member before this one has its name. Names with escapes are refused with any other such
    /// name: the simulator writes none, and a checker that is too strict is loud.
    private func isNew(_ name: Int, in object: Int) -> Bool {
        let this = nodes[name]
        var other = object + 1
        while other < name {
            let that = nodes[other]
            if this.kind == .escapedString, that.kind == .escapedString { return false }
            let count = Int(this.end - this.start)
            if Int(that.end - that.start) == count, let start = text.baseAddress,
                memcmp(start + Int(that.start), start + Int(this.start), count) == 0
            {
                return false
            }
            other = Int(nodes[other + 1].next)
        }
        return true
    }

    private mutating func array(depth: Int) -> Bool {
        guard depth <= EvidenceJSON.depthMax else { return false }
        let node = open(.array)
        at += 1
        skipSpace()
        if take(UInt8(ascii: "]")) {
            close(node, at: at)
            return true
        }
        while true {
            guard value(depth: depth) else { return false }
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { return false }
            close(node, at: at)
            return true
        }
    }

    private mutating func string() -> Bool {
        let node = open(.string)
        nodes[node].start += 1
        var cursor = at + 1
        while cursor < text.count {
            let byte = text[cursor]
            if byte == UInt8(ascii: "\"") {
                close(node, at: cursor)
                at = cursor + 1
                return true
            }
            if byte < 0x20 { return false }
            if byte == UInt8(ascii: "\\") {
                nodes[node].kind = .escapedString
                at = cursor
                guard escape() else { return false }
                cursor = at
            } else {
                cursor += 1
            }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard at + 1 < text.count else { return false }
        let kind = text[at + 1]
        guard kind == UInt8(ascii: "u") else {
            at += 2
            return "\"\\/bfnrt".utf8.contains(kind)
        }
        guard let first = unit(at + 2) else { return false }
        at += 6
        if first >= 0xDC00, first <= 0xDFFF { return false }
        guard first >= 0xD800, first <= 0xDBFF else { return true }
        guard at + 1 < text.count, text[at] == UInt8(ascii: "\\"),
            text[at + 1] == UInt8(ascii: "u"),
            let second = unit(at + 2), second >= 0xDC00, second <= 0xDFFF
        else { return false }
        at += 6
        return true
    }

    private func unit(_ start: Int) -> Int? {
        guard start + 4 <= text.count else { return nil }
        var value = 0
        for index in start..<start + 4 {
            switch text[index] {
            case 48...57: value = value * 16 + Int(text[index]) - 48
            case 65...70: value = value * 16 + Int(text[index]) - 55
            case 97...102: value = value * 16 + Int(text[index]) - 87
            default: return nil
            }
        }
        return value
    }

    private mutating func digits() -> Bool {
        let start = at
        while let byte, byte >= 48, byte <= 57 { at += 1 }
        return at > start
    }

    private mutating func number() -> Bool {
        let node = open(.number)
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) {
            guard digits() else { return false }
        }
        if take(UInt8(ascii: ".")) {
            guard digits() else { return false }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() else { return false }
        }
        close(node, at: at)
        return true
    }
}
