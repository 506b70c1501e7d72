// What waits for its instant: an approved change, an approved or retired document. The row carries
// all that the event will say, so that it can be written long after the approval has left the log.

import EventModel

/// An armed timer; it is named by the offset (in qms.quality) of the record that armed it.
struct Timer: Equatable, Sendable {
    /// What becomes true at the instant.
    enum Action: Equatable, Sendable {
        /// `effectiveUntil` is kept, not yet acted on.
        case change(
            changeId: String, scope: RawJSON, approvedBy: String, effectiveUntil: String?)
        case document(Document)
    }

    /// A version of a document that becomes effective, or retires.
    struct Document: Equatable, Sendable {
        var isRetirement: Bool
        var documentId: String
        var version: String
        var supersedes: String?
        var guideId: String?
        var qmsRecordId: String?
    }

    var due: Instant
    var offset: Int64
    /// The arming event; `time` is the instant as written, for that is the time of what is emitted.
    var origin: Origin
    var action: Action

    var key: String { RowKey.timer(due, offset) }

    var row: RowChange {
        var json = JSONWriter()
        json.beginObject()
        switch action {
        case .change(let changeId, let scope, let approvedBy, let effectiveUntil):
            json.member("approvedBy", approvedBy)
            json.cause("cause", origin.cause)
            json.member("changeId", changeId)
            json.instant("due", due)
            json.optional("effectiveUntil", effectiveUntil)
            json.extensions(origin.extensions)
            json.member("kind", "changeEffective")
            json.member("offset", offset)
            json.raw("scope", scope)
            json.member("time", origin.time)
        case .document(let document):
            json.cause("cause", origin.cause)
            json.member("documentId", document.documentId)
            json.instant("due", due)
            json.extensions(origin.extensions)
            json.optional("guideId", document.guideId)
            json.member("kind", document.isRetirement ? "documentRetired" : "documentEffective")
            json.member("offset", offset)
            json.optional("qmsRecordId", document.qmsRecordId)
            json.optional("supersedes", document.supersedes)
            json.member("time", origin.time)
        }
        return RowChange(key: key, value: finish(&json))
    }

    /// `version` (of a document) stands after `v` in the order of names.
    private func finish(_ json: inout JSONWriter) -> [UInt8] {
        json.member("v", RowReader.version)
        if case .document(let document) = action { json.member("version", document.version) }
        json.endObject()
        return json.bytes
    }
}

extension Timer {
    init(row: RowReader) throws(StateRowError) {
        due = try row.instant("due")
        offset = try row.integer("offset")
        origin = try row.origin()
        switch try row.text("kind") {
        case "changeEffective":
            action = .change(
                changeId: try row.text("changeId"), scope: try row.raw("scope", .object),
                approvedBy: try row.text("approvedBy"),
                effectiveUntil: try row.optionalText("effectiveUntil"))
        case let kind where kind == "documentEffective" || kind == "documentRetired":
            action = .document(
                Document(
                    isRetirement: kind == "documentRetired",
                    documentId: try row.text("documentId"), version: try row.text("version"),
                    supersedes: try row.optionalText("supersedes"),
                    guideId: try row.optionalText("guideId"),
                    qmsRecordId: try row.optionalText("qmsRecordId")))
        default:
            throw row.broken("kind")
        }
    }
}
