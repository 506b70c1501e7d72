// From the name of an attribute, as bytes, to what we know it as: no String, one look at the length
// and at most a few comparisons.

import EventModel

/// A member of a structured event, or what follows `ce_` in a header's name.
enum AttributeName: Equatable {
    case specversion, id, source, type, subject, time, datacontenttype, dataschema
    case data, dataBase64
    case known(Extension)
    /// An extension we do not read; well named.
    case other
    /// Against CloudEvents 1.0.2, 3.1: lower-case letters and digits only.
    case illFormed

    var isExtension: Bool {
        switch self {
        case .known, .other: true
        case .specversion, .id, .source, .type, .subject, .time, .datacontenttype, .dataschema,
            .data, .dataBase64, .illFormed:
            false
        }
    }

    init(_ name: ByteView) {
        switch name.count {
        case 2 where name.equals("id"): self = .id
        case 4 where name.equals("type"): self = .type
        case 4 where name.equals("time"): self = .time
        case 4 where name.equals("data"): self = .data
        case 6 where name.equals("source"): self = .source
        case 7 where name.equals("subject"): self = .subject
        case 10 where name.equals("dataschema"): self = .dataschema
        case 11 where name.equals("specversion"): self = .specversion
        case 11 where name.equals("data_base64"): self = .dataBase64
        case 15 where name.equals("datacontenttype"): self = .datacontenttype
        default: self = Self.extension(name)
        }
    }

    private static func `extension`(_ name: ByteView) -> AttributeName {
        switch name.count {
        case 0: return .illFormed
        case 6 where name.equals("authid"): return .known(.authid)
        case 7 where name.equals("dataref"): return .known(.dataref)
        case 8 where name.equals("sequence"): return .known(.sequence)
        case 10 where name.equals("tracestate"): return .known(.tracestate)
        case 11 where name.equals("traceparent"): return .known(.traceparent)
        case 11 where name.equals("causationid"): return .known(.causationid)
        case 12 where name.equals("partitionkey"): return .known(.partitionkey)
        case 12 where name.equals("recordedtime"): return .known(.recordedtime)
        case 13 where name.equals("correlationid"): return .known(.correlationid)
        default:
            for byte in name where !(byte &- 0x61 < 26 || byte &- 0x30 < 10) { return .illFormed }
            return .other
        }
    }
}
