// A small JSON indexer for tests: the same flat index that the product's parser fills, made by
// other code, so that these tests stand on their own. Input is well formed by construction.

import EventModel

/// A JSON text and its index, kept until it is released.
final class TestJSON {
    private let document: UnsafeMutablePointer<UInt8>
    private let side: UnsafeMutablePointer<UInt8>
    private let nodes: UnsafeMutablePointer<JSONNode>

    init(_ bytes: [UInt8]) {
        var indexer = Indexer(text: bytes)
        indexer.value()
        precondition(indexer.at == bytes.count, "one value and nothing after it")
        document = Self.copy(bytes)
        side = Self.copy(indexer.side)
        nodes = Self.copy(indexer.nodes)
    }

    convenience init(_ text: String) { self.init(Array(text.utf8)) }

    deinit {
        document.deallocate()
        side.deallocate()
        nodes.deallocate()
    }

    var view: JSONView { JSONView(nodes: nodes, document: document, sideText: side, index: 0) }

    private static func copy<Item>(_ items: [Item]) -> UnsafeMutablePointer<Item> {
        let pointer = UnsafeMutablePointer<Item>.allocate(capacity: max(items.count, 1))
        pointer.initialize(from: items, count: items.count)
        return pointer
    }
}

/// Recursive descent over JSON without whitespace checks worth the name.
private struct Indexer {
    let text: [UInt8]
    var at = 0
    var nodes: [JSONNode] = []
    var side: [UInt8] = []

    init(text: [UInt8]) { self.text = text }

    mutating func value() {
        skip()
        switch text[at] {
        case 0x7b: container(.object, end: 0x7d)
        case 0x5b: container(.array, end: 0x5d)
        case 0x22: string()
        case 0x74: plain(.true, 4)
        case 0x66: plain(.false, 5)
        case 0x6e: plain(.null, 4)
        default:
            let length = text[at...].prefix { "+-0123456789.eE".utf8.contains($0) }.count
            precondition(length > 0, "a value")
            plain(.number, length)
        }
        skip()
    }

    private mutating func skip() {
        while at < text.count, text[at] == 0x20 || text[at] == 0x0a { at += 1 }
    }

    private mutating func container(_ kind: JSONKind, end: UInt8) {
        let node = nodes.count
        let start = at
        var count: UInt16 = 0
        add(kind, start: at, length: 0)
        at += 1
        skip()
        while text[at] != end {
            if kind == .object {
                string()
                skip()
                at += 1
            }
            value()
            count += 1
            if text[at] == 0x2c { at += 1 }
            skip()
        }
        at += 1
        nodes[node].length = UInt32(at - start)
        nodes[node].next = UInt32(nodes.count)
        nodes[node].count = count
    }

    private mutating func string() {
        at += 1
        let start = at
        var content: [UInt8] = []
        var isEscaped = false
        while text[at] != 0x22 {
            if text[at] == 0x5c {
                isEscaped = true
                content.append(contentsOf: escape())
            } else {
                content.append(text[at])
                at += 1
            }
        }
        if isEscaped {
            add(.string, start: side.count, length: content.count, isInSideText: true)
            side += content
        } else {
            add(.string, start: start, length: content.count)
        }
        at += 1
    }

    private mutating func escape() -> [UInt8] {
        let letter = text[at + 1]
        at += 2
        switch letter {
        case 0x6e: return [0x0a]
        case 0x74: return [0x09]
        case 0x72: return [0x0d]
        case 0x62: return [0x08]
        case 0x66: return [0x0c]
        case 0x75:
            let digits = String(decoding: text[at..<at + 4], as: UTF8.self)
            at += 4
            return Array(String(Character(Unicode.Scalar(UInt16(digits, radix: 16)!)!)).utf8)
        default: return [letter]
        }
    }

    private mutating func plain(_ kind: JSONKind, _ length: Int) {
        add(kind, start: at, length: length)
        at += length
    }

    private mutating func add(
        _ kind: JSONKind, start: Int, length: Int, isInSideText: Bool = false
    ) {
        nodes.append(
            JSONNode(
                kind: kind, start: UInt32(start), length: UInt32(length),
                next: UInt32(nodes.count + 1), isInSideText: isInSideText, count: 0))
    }
}
