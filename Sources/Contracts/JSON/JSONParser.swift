// From bytes to a JSONView, in one pass that visits every value (docs/design.md, "JSON by
// simdjson"). The work is done in CSimdjson; this file owns its handle and turns its answers into
// ours.

import CSimdjson
package import EventModel

/// Reads JSON texts, one at a time. Allocates only until its buffers have
/// grown to the largest text.
package struct JSONParser: ~Copyable {
    private let handle: OpaquePointer

    /// `jsonDepthMax` counts the containers that are open at once: with 2, `[[]]` is read and
    /// `[[[]]]` is not. `jsonNodesMax` counts values and member names alike.
    package init(limits: Limits) { self.init(limits: limits, walksPlainly: true) }

    /// - Parameter walksPlainly: whether good texts go the quick way (CSimdjson, JSONPlainWalk.h).
    ///   Only the test that compares both ways turns it off.
    init(limits: Limits, walksPlainly: Bool) {
        Self.checkLayout()
        guard
            let handle = hfjson_create(
                UInt32(clamping: limits.jsonDepthMax), UInt32(clamping: limits.jsonNodesMax))
        else { preconditionFailure("out of memory") }
        self.handle = handle
        if !walksPlainly { hfjson_walk_generally(handle) }
    }

    deinit { hfjson_destroy(handle) }

    /// The root value of a JSON text (RFC 8259; any kind of value may be the root). The view is
    /// valid until the next parse, and only as long as `bytes` are.
    package mutating func parse(_ bytes: ByteView) throws(JSONError) -> JSONView {
        var result = hfjson_result()
        let text = bytes.baseAddress ?? UnsafeRawPointer(handle)
        let document = text.assumingMemoryBound(to: UInt8.self)
        hfjson_parse(handle, document, bytes.count, &result)
        guard result.status == HFJSON_OK, let nodes = result.nodes, let side = result.sideText
        else { throw Self.error(of: result) }
        return JSONView(
            nodes: UnsafeRawPointer(nodes).assumingMemoryBound(to: JSONNode.self),
            document: document, sideText: side, index: 0)
    }

    private static func error(of result: hfjson_result) -> JSONError {
        switch result.status {
        case HFJSON_NOT_UTF8: return .notUtf8
        case HFJSON_DUPLICATE_NAME:
            return .duplicateName(ByteView(start: result.name, count: result.nameLength).text)
        case HFJSON_TOO_DEEP: return .tooDeep
        case HFJSON_TOO_MANY_VALUES: return .tooManyValues
        case HFJSON_TOO_LARGE: return .tooLarge
        case HFJSON_NO_MEMORY: preconditionFailure("out of memory")
        default:
            // SIZE_MAX, "unknown", is -1 here: size_t comes as Int.
            return .malformed(
                what: result.what.map { String(cString: $0) } ?? "no JSON text",
                byteOffset: result.offset < 0 ? nil : result.offset)
        }
    }

    /// The nodes are written in C and read in Swift: both must mean the same 16 bytes.
    private static func checkLayout() {
        precondition(
            MemoryLayout<JSONNode>.stride == 16
                && MemoryLayout<JSONNode>.stride == MemoryLayout<hfjson_node>.stride
                && MemoryLayout<JSONNode>.offset(of: \.length) == 4
                && MemoryLayout<JSONNode>.offset(of: \.next) == 8
                && MemoryLayout<JSONNode>.offset(of: \.kind) == 12
                && MemoryLayout<JSONNode>.offset(of: \.isInSideText) == 13
                && MemoryLayout<JSONNode>.offset(of: \.count) == 14
                && JSONKind.null.rawValue == UInt8(HFJSON_NULL),
            "JSONNode and hfjson_node have the same layout")
    }
}
