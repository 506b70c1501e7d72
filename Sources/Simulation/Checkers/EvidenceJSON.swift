// The checkers' own JSON reader: an oracle shares no code with what it judges. One pass over the
// bytes leaves a flat list of nodes; nothing is copied but strings with escapes. Strict: what
// RFC 8259 does not allow, a member name that stands twice and half a surrogate pair are refused.

import Glibc

/// A JSON text that was read whole.
final class EvidenceJSON {
    enum Kind: UInt8 { case object, array, string, escapedString, number, yes, no, null }

    /// Why a text is none.
    enum Fault: Error, Equatable { case malformed, notUTF8 }

    struct Node {
        var kind: Kind
        /// The value's bytes; of a string those between the quotes.
        var start: Int32
        var end: Int32
        /// Index of the node after this one and all that is inside it.
        var next: Int32
    }

    static let depthMax = 32
    /// The root is node 0; in an object names and values take turns.
    static let root = 0

    let bytes: [UInt8]
    let nodes: ContiguousArray<Node>

    init(_ bytes: [UInt8]) throws(Fault) {
        self.bytes = bytes
        let isASCII = bytes.withUnsafeBufferPointer { $0.reduce(0, |) } < 0x80
        if !isASCII, String(validating: bytes, as: UTF8.self) == nil {
            throw .notUTF8
        }
        let found = bytes.withUnsafeBufferPointer { buffer -> ContiguousArray<Node>? in
            var scanner = EvidenceScanner(buffer)
            return scanner.scan() ? scanner.nodes : nil
        }
        guard let found else { throw .malformed }
        nodes = found
    }

    /// The value of an object's member; nil when the node is no object or has no such member.
    func member(_ name: StaticString, of node: Int = root) -> Int? {
        nodes.withUnsafeBufferPointer { nodes in
            bytes.withUnsafeBufferPointer { bytes in
                guard nodes[node].kind == .object else { return nil }
                let count = name.utf8CodeUnitCount
                let end = Int(nodes[node].next)
                var at = node + 1
                while at < end {
                    let here = nodes[at]
                    if here.kind == .escapedString {
                        if string(at) == name.description { return at + 1 }
                    } else if Int(here.end - here.start) == count,
                        let start = bytes.baseAddress,
                        memcmp(start + Int(here.start), name.utf8Start, count) == 0
                    {
                        return at + 1
                    }
                    at = Int(nodes[at + 1].next)
                }
                return nil
            }
        }
    }

    /// A string's text; nil when the node is none.
    func string(_ node: Int) -> String? {
        let here = nodes[node]
        switch here.kind {
        case .string:
            return bytes.withUnsafeBufferPointer {
                String(
                    decoding: UnsafeBufferPointer(
                        rebasing: $0[Int(here.start)..<Int(here.end)]), as: UTF8.self)
            }
        case .escapedString: return unescape(here)
        default: return nil
        }
    }

    func text(_ name: StaticString, of node: Int = root) -> String? {
        member(name, of: node).flatMap { string($0) }
    }

    func integer(_ name: StaticString, of node: Int = root) -> Int64? {
        member(name, of: node).flatMap { integer($0) }
    }

    func integer(_ node: Int) -> Int64? {
        let here = nodes[node]
        guard here.kind == .number else { return nil }
        var value: Int64 = 0
        var at = Int(here.start)
        let isNegative = bytes[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        while at < Int(here.end) {
            let digit = Int64(bytes[at]) - 48
            guard digit >= 0, digit <= 9, value < 900_000_000_000_000_000 else { return nil }
            value = value * 10 + digit
            at += 1
        }
        return isNegative ? -value : value
    }

    func isTrue(_ name: StaticString, of node: Int = root) -> Bool {
        member(name, of: node).map { nodes[$0].kind == .yes } ?? false
    }

    /// The value as it stands in the text.
    func slice(_ node: Int) -> ArraySlice<UInt8> {
        bytes[Int(nodes[node].start)..<Int(nodes[node].end)]
    }

    /// The nodes of an array's elements.
    func elements(_ node: Int) -> [Int] {
        guard nodes[node].kind == .array else { return [] }
        var found: [Int] = []
        var at = node + 1
        while at < Int(nodes[node].next) {
            found.append(at)
            at = Int(nodes[at].next)
        }
        return found
    }

    /// An object's members: nodes of name and value.
    func members(_ node: Int) -> [(name: Int, value: Int)] {
        guard nodes[node].kind == .object else { return [] }
        var found: [(name: Int, value: Int)] = []
        var at = node + 1
        while at < Int(nodes[node].next) {
            found.append((at, at + 1))
            at = Int(nodes[at + 1].next)
        }
        return found
    }

    private func unescape(_ node: Node) -> String? {
        var units: [UInt16] = []
        var out = ""
        func flush() {
            out += String(decoding: units, as: UTF16.self)
            units.removeAll(keepingCapacity: true)
        }
        var at = Int(node.start)
        let end = Int(node.end)
        while at < end {
            guard bytes[at] == UInt8(ascii: "\\") else {
                flush()
                var stop = at
                while stop < end, bytes[stop] != UInt8(ascii: "\\") { stop += 1 }
                out += String(decoding: bytes[at..<stop], as: UTF8.self)
                at = stop
                continue
            }
            switch bytes[at + 1] {
            case UInt8(ascii: "n"): units.append(10)
            case UInt8(ascii: "t"): units.append(9)
            case UInt8(ascii: "r"): units.append(13)
            case UInt8(ascii: "b"): units.append(8)
            case UInt8(ascii: "f"): units.append(12)
            case UInt8(ascii: "u"):
                let digits = String(decoding: bytes[(at + 2)..<(at + 6)], as: UTF8.self)
                units.append(UInt16(digits, radix: 16) ?? 0)
                at += 4
            default: units.append(UInt16(bytes[at + 1]))
            }
            at += 2
        }
        flush()
        return out
    }
}
