// Which mode a record is in (CloudEvents Kafka binding 1.0.2, section 3): its content-type decides;
// without one, a ce_specversion header means binary mode.

import EventModel

enum ContentModeStage {
    enum Verdict {
        case structured
        case binary(contentType: ByteView?)
        case unreadable(ByteView)
        case contentTypeTwice
    }

    static func verdict(_ headers: UnsafeBufferPointer<HeaderView>) -> Verdict {
        var contentType: ByteView?
        var hasSpecversion = false
        for header in headers {
            if header.name.count == 12, MediaType.isSame(header.name, "content-type") {
                guard let value = header.value else { continue }
                if contentType != nil { return .contentTypeTwice }
                contentType = value
            } else if header.name.isSame(as: "ce_specversion") {
                hasSpecversion = true
            }
        }
        switch contentType.map(MediaType.mode) ?? .binary {
        case .structuredJSON: return .structured
        case .unreadable: return .unreadable(contentType ?? ByteView(start: nil, count: 0))
        case .binary: return hasSpecversion ? .binary(contentType: contentType) : .structured
        }
    }

    /// Whether a header is an attribute: its name begins with `ce_`, exactly so.
    static func isAttribute(_ name: ByteView) -> Bool {
        name.count >= 3 && name[0] == 0x63 && name[1] == 0x65 && name[2] == 0x5f
    }
}
