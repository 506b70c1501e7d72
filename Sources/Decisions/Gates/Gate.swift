// The lot's gate: the table row that the MES asks before a step starts.

import EventModel

/// Whether a step may start, and since when that is so.
///
///     (no row) --first execution event, nothing held--> open
///     (no row) --first hold--> closed
///     open --first hold--> closed --last release--> open
struct Gate: Equatable, Sendable {
    var isOpen: Bool
    /// `now` of the batch that moved it, in whole milliseconds as rows and events write it.
    var since: Instant
}

/// What a task knows of a lot.
struct Lot: Equatable, Sendable {
    var id: String
    /// An accepted mes.execution event named it; a hold alone does not register a lot.
    var isRegistered = false
    /// Nil before its first row.
    var gate: Gate?

    init(id: String) { self.id = id }

    var row: RowChange {
        var json = JSONWriter()
        json.beginObject()
        if let gate {
            json.name("gate")
            json.beginObject()
            json.instant("since", gate.since)
            json.member("state", gate.isOpen ? "open" : "closed")
            json.endObject()
        }
        json.member("lotId", id)
        json.member("registered", isRegistered)
        return RowChange(key: RowKey.lot(id), value: json.endRow())
    }

    init(row: RowReader) throws(StateRowError) {
        id = try row.text("lotId")
        isRegistered = try row.boolean("registered")
        guard let part = try row.optionalObject("gate") else { return }
        let state = try part.text("state")
        guard state == "open" || state == "closed" else { throw part.broken("state") }
        gate = Gate(isOpen: state == "open", since: try part.instant("since"))
    }
}
