// An event as it was received, before its contract is looked at: views of the attributes that
// CloudEvents requires and of the data, the same for both modes.

import EventModel

/// The data of an event, as received.
enum ReceivedData {
    case absent
    /// Bytes of another content type than JSON; not read.
    case opaque(ByteView)
    /// The parsed value and the bytes as received (base64 decoded).
    case json(JSONView, bytes: ByteView)
}

/// Attributes and data of one event. Filled in place, where its reader keeps it: it is too large to
/// be handed from function to function.
struct Envelope {
    var id: ByteView
    var source: ByteView
    var type: ByteView
    var subject: ByteView?
    var timeText: ByteView
    var time: Instant
    var data: ReceivedData
}
