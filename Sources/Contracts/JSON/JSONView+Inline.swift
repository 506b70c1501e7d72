// The few reads that the loops over members do for every event, once more inside this module: the
// compiler inlines no `package` function of another one, and a call per name, kind and span cost
// half of the contract's check. Same meaning as JSONView's own; the tests of both compare.

import EventModel

extension JSONNode {
    /// 1 << the kind. The kinds are numbered from 0, as CSimdjson writes them.
    @inline(__always) var kindBit: UInt8 { 1 << unsafeBitCast(kind, to: UInt8.self) }

    @inline(__always) var isString: Bool {
        if case .string = kind { true } else { false }
    }

    @inline(__always) var isObject: Bool {
        if case .object = kind { true } else { false }
    }
}

extension JSONView {
    /// This value's node.
    @inline(__always) var node: JSONNode { nodes[index] }

    /// `at`, inlined.
    @inline(__always) func value(at other: Int) -> JSONView {
        var value = self
        value.index = other
        return value
    }

    /// `bytes` of a node of this index, inlined.
    @inline(__always) func span(_ node: JSONNode) -> ByteView {
        ByteView(
            start: (node.isInSideText ? sideText : document) + Int(node.start),
            count: Int(node.length))
    }
}

extension UnsafeRawBufferPointer {
    /// `isSame(as:)`, inlined: whole words, the last one overlapping the one before.
    @inline(__always) func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        count == other.count && equals(other.baseAddress, count)
    }

    /// The same for a literal.
    @inline(__always) func equals(_ literal: StaticString) -> Bool {
        count == literal.utf8CodeUnitCount && equals(literal.utf8Start, count)
    }

    @inline(__always) private func equals(_ other: UnsafeRawPointer?, _ count: Int) -> Bool {
        guard let own = baseAddress, let other else { return count == 0 }
        func differs<Word: FixedWidthInteger>(_ at: Int, _: Word.Type) -> Bool {
            own.loadUnaligned(fromByteOffset: at, as: Word.self)
                != other.loadUnaligned(fromByteOffset: at, as: Word.self)
        }
        if count >= 8 {
            var at = 0
            while at < count - 8 {
                if differs(at, UInt64.self) { return false }
                at += 8
            }
            return !differs(count - 8, UInt64.self)
        }
        if count >= 4 { return !differs(0, UInt32.self) && !differs(count - 4, UInt32.self) }
        if count >= 2 { return !differs(0, UInt16.self) && !differs(count - 2, UInt16.self) }
        return count == 0 || !differs(0, UInt8.self)
    }
}
