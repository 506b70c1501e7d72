// The flat view of a JSON text: one array of nodes in document order. Contracts fills it (one pass
// with simdjson), everybody else only reads it.
//
//   {"a":[1,"x"],"b":null}
//   0 object | 1 string "a" (a name) | 2 array next=5 | 3 number "1" | 4 string "x"
//   5 string "b" (a name) | 6 null
//
// (node 0's `next` is one past its subtree, i.e. 7 here; the name of a member is a string node, its
// value is the node after it.)

/// What a node is.
package enum JSONKind: UInt8, Sendable {
    case object, array, string, number, `true`, `false`, null
}

/// One value, or the name of a member. 16 bytes.
package struct JSONNode: Sendable {
    /// Where the span begins: for a string after its opening quote (or in the side text when it had
    /// escapes), for all other values at their first byte.
    package var start: UInt32
    /// Length of the span in bytes: a string without its quotes, unescaped; a number or a container
    /// as written.
    package var length: UInt32
    /// Index of the node after this one's subtree.
    package var next: UInt32
    package var kind: JSONKind
    /// The span lies in the side text, because the string had escapes.
    package var isInSideText: Bool
    /// Members of an object or elements of an array, at most 65,535 (more are counted as that).
    package var count: UInt16

    package init(
        kind: JSONKind, start: UInt32, length: UInt32, next: UInt32, isInSideText: Bool,
        count: UInt16
    ) {
        self.kind = kind
        self.start = start
        self.length = length
        self.next = next
        self.isInSideText = isInSideText
        self.count = count
    }
}

/// A value in an index; trivial to copy, valid as long as the index's owner keeps text and nodes.
package struct JSONView {
    package let nodes: UnsafePointer<JSONNode>
    package let document: UnsafePointer<UInt8>
    package let sideText: UnsafePointer<UInt8>
    /// Index of this value's node. A variable, because a copy with another index is what loops in
    /// other modules make, and there an initialiser is a call.
    package var index: Int

    package init(
        nodes: UnsafePointer<JSONNode>, document: UnsafePointer<UInt8>,
        sideText: UnsafePointer<UInt8>, index: Int
    ) {
        self.nodes = nodes
        self.document = document
        self.sideText = sideText
        self.index = index
    }

    package var kind: JSONKind { nodes[index].kind }

    /// The value's span: a string's unescaped content, everything else as written.
    package var bytes: ByteView {
        let node = nodes[index]
        let base = node.isInSideText ? sideText : document
        return ByteView(start: base + Int(node.start), count: Int(node.length))
    }

    /// The value at another node of the same index.
    package func at(_ other: Int) -> JSONView {
        JSONView(nodes: nodes, document: document, sideText: sideText, index: other)
    }

    /// The value of the member with that name; nil when it is absent or this is no object.
    package func member(_ name: StaticString) -> JSONView? {
        find(name.utf8Start, name.utf8CodeUnitCount).map(at)
    }

    /// The value of the member with that name; nil when it is absent or this is no object.
    package func member(_ name: ByteView) -> JSONView? {
        find(name.baseAddress ?? UnsafeRawPointer(document), name.count).map(at)
    }

    /// The content of the string member with that name; nil when absent or no string.
    package func string(_ name: StaticString) -> ByteView? {
        guard let found = find(name.utf8Start, name.utf8CodeUnitCount),
            case .string = nodes[found].kind
        else { return nil }
        return at(found).bytes
    }

    /// The node of a member's value. Every rule asks for members, so this is the loop to keep
    /// short: lengths first, and the next name is where the value's node says.
    @inline(__always)
    private func find(_ name: UnsafeRawPointer, _ count: Int) -> Int? {
        guard case .object = nodes[index].kind else { return nil }
        var at = index + 1
        let end = Int(nodes[index].next)
        while at < end {
            let node = nodes[at]
            if Int(node.length) == count {
                let base = (node.isInSideText ? sideText : document) + Int(node.start)
                if ByteView.areSame(base, name, count) { return at + 1 }
            }
            at = Int(nodes[at + 1].next)
        }
        return nil
    }

    /// A String of the string member with that name. Allocates.
    package func text(_ name: StaticString) -> String? { string(name)?.text }

    /// The integer member with that name, when it is one in Int64's range.
    package func integer(_ name: StaticString) -> Int64? {
        guard let value = member(name), value.kind == .number else { return nil }
        return Self.integer(value.bytes)
    }

    /// The grammar of JSON has been checked: what is no digit here is a point or an exponent.
    private static func integer(_ bytes: ByteView) -> Int64? {
        let isNegative = bytes.first == 0x2d
        let digits = bytes.dropFirst(isNegative ? 1 : 0)
        // More digits than that may not fit.
        guard digits.count <= 18 else { return Int64(bytes.text) }
        var value: Int64 = 0
        for byte in digits {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int64(byte - 0x30)
        }
        return isNegative ? -value : value
    }

    /// The boolean member with that name.
    package func boolean(_ name: StaticString) -> Bool? {
        switch member(name)?.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// Calls `body` for each member (name, value) of an object, in document order.
    package func forEachMember<E: Error>(_ body: (ByteView, JSONView) throws(E) -> Void)
        throws(E)
    {
        guard kind == .object else { return }
        var at = index + 1
        let end = Int(nodes[index].next)
        while at < end {
            try body(self.at(at).bytes, self.at(at + 1))
            at = Int(nodes[at + 1].next)
        }
    }

    /// Calls `body` for each element of an array, in order.
    package func forEachElement<E: Error>(_ body: (JSONView) throws(E) -> Void) throws(E) {
        guard kind == .array else { return }
        var at = index + 1
        let end = Int(nodes[index].next)
        while at < end {
            try body(self.at(at))
            at = Int(nodes[at].next)
        }
    }
}
