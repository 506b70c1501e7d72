// What Contracts hands to Decisions: a checked event whose parts are views into the record.

/// CloudEvents extensions that are read and carried on (docs/events.md), in the order they are
/// written.
package enum Extension: UInt8, CaseIterable, Sendable {
    case partitionkey, sequence, traceparent, tracestate, correlationid, causationid, recordedtime
    case authid, dataref

    package var name: StaticString {
        switch self {
        case .partitionkey: "partitionkey"
        case .sequence: "sequence"
        case .traceparent: "traceparent"
        case .tracestate: "tracestate"
        case .correlationid: "correlationid"
        case .causationid: "causationid"
        case .recordedtime: "recordedtime"
        case .authid: "authid"
        case .dataref: "dataref"
        }
    }
}

/// A checked inbound event. Valid as long as its record and the decoder that made it.
package struct InboundEvent {
    package var type: EventType
    package var source: ByteView
    package var id: ByteView
    /// Where the record was appended and when (the broker's append time).
    package var offset: Offset
    package var appendTime: Instant
    /// The record's key, which is the id of the event's subject.
    package var key: ByteView
    /// `time` as written, and the instant it names.
    package var timeText: ByteView
    package var time: Instant
    /// The data, of the type's newest version.
    package var data: JSONView
    /// Of (source, id): what dedupe knows the event by.
    package var identity: Fingerprint
    /// Of type, subject, time as written and the data's bytes as received (design rule 5).
    package var content: Fingerprint
    /// `Extension.allCases.count` views; one without a base address is absent.
    package var extensions: UnsafePointer<ByteView>

    package init(
        type: EventType, source: ByteView, id: ByteView, offset: Offset, appendTime: Instant,
        key: ByteView, timeText: ByteView, time: Instant, data: JSONView, identity: Fingerprint,
        content: Fingerprint, extensions: UnsafePointer<ByteView>
    ) {
        self.type = type
        self.source = source
        self.id = id
        self.offset = offset
        self.appendTime = appendTime
        self.key = key
        self.timeText = timeText
        self.time = time
        self.data = data
        self.identity = identity
        self.content = content
        self.extensions = extensions
    }

    /// An extension's value, when the event carries it.
    package func value(of name: Extension) -> ByteView? {
        let view = extensions[Int(name.rawValue)]
        return view.baseAddress == nil ? nil : view
    }
}
