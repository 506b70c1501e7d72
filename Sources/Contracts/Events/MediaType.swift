// The two questions we ask of a media type: is the data JSON, and is the record a structured event.
// Compared without regard to case; parameters do not matter.

import EventModel

enum MediaType {
    /// What a record's content-type says about its value.
    enum Mode: Equatable {
        /// Not application/cloudevents: the value is the data, attributes are headers.
        case binary
        case structuredJSON
        /// Several events in a record, or an event format that we do not read (avro, xml).
        case unreadable
    }

    /// CloudEvents Kafka binding 1.0.2, section 3.
    static func mode(_ contentType: ByteView) -> Mode {
        let type = essence(contentType)
        guard hasPrefix(type, "application/cloudevents") else { return .binary }
        return isSame(type, "application/cloudevents+json")
            || isSame(type, "application/cloudevents") ? .structuredJSON : .unreadable
    }

    /// application/json, any /json and any +json (RFC 6839).
    static func isJSON(_ contentType: ByteView) -> Bool {
        if contentType.isSame(as: "application/json") { return true }
        let type = essence(contentType)
        guard let slash = type.firstIndex(of: 0x2f), slash > 0 else { return false }
        let subtype = ByteView(rebasing: type[(slash + 1)...])
        return isSame(subtype, "json")
            || (subtype.count > 5
                && isSame(ByteView(rebasing: subtype[(subtype.count - 5)...]), "+json"))
    }

    /// The type without its parameters and the space around it.
    private static func essence(_ contentType: ByteView) -> ByteView {
        var end = contentType.firstIndex(of: 0x3b) ?? contentType.count
        var start = 0
        while start < end, contentType[start] == 0x20 || contentType[start] == 0x09 { start += 1 }
        while end > start, contentType[end - 1] == 0x20 || contentType[end - 1] == 0x09 { end -= 1 }
        return ByteView(rebasing: contentType[start..<end])
    }

    /// Whether it is the literal (lower case), in any case.
    static func isSame(_ text: ByteView, _ literal: StaticString) -> Bool {
        text.count == literal.utf8CodeUnitCount && hasPrefix(text, literal)
    }

    private static func hasPrefix(_ text: ByteView, _ literal: StaticString) -> Bool {
        guard text.count >= literal.utf8CodeUnitCount else { return false }
        for index in 0..<literal.utf8CodeUnitCount {
            let byte = text[index]
            let lower = byte &- 0x41 < 26 ? byte | 0x20 : byte
            if lower != literal.utf8Start[index] { return false }
        }
        return true
    }
}
