// A failure on its way to the owner of its root cause: written by the lot's task, read by that of
// the key. The format is docs/decisions/0001's; what is read equals what was written.

import EventModel

/// A record of kind `signal` in holdfast.signals.
struct Signal: Equatable, Sendable {
    var origin: Origin
    var dimension: Dimension
    /// The evidence array of the data, as written; `[]` when there is none.
    var evidence: RawJSON
    var lotId: String
    var references: References
    var rootCauseKey: String
    var rule: String
    var severity: Severity
    var summary: String

    var bytes: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.cause("cause", origin.cause)
        json.member("dimension", dimension.rawValue)
        json.raw("evidence", evidence)
        json.extensions(origin.extensions)
        json.member("kind", "signal")
        json.member("lotId", lotId)
        json.name("refs")
        json.beginObject()
        for place in References.sorted {
            json.optional(References.names[place], references.values[place])
        }
        json.endObject()
        json.member("rootCauseKey", rootCauseKey)
        json.member("rule", rule)
        json.member("severity", severity.rawValue)
        json.member("summary", summary)
        json.member("time", origin.time)
        return json.endRow()
    }
}

extension Signal {
    init(_ failure: Failure, event: InboundEvent, origin: Origin) {
        // Only stepFailed has evidence in its contract, so only there has anybody checked it.
        let given = failure.trigger == .stepFailed ? event.data.member("evidence") : nil
        // A type need not have all of them.
        var values = References.names.map { event.data.reference($0) }
        values[2] = failure.lotId
        self.init(
            origin: origin, dimension: failure.rootCause.dimension,
            evidence: RawJSON(given?.kind == .array ? given?.bytes.text ?? "[]" : "[]"),
            lotId: failure.lotId, references: References(values: values),
            rootCauseKey: failure.rootCause.key, rule: failure.trigger.rule,
            severity: failure.severity, summary: failure.summary)
    }

    init(row: RowReader) throws(StateRowError) {
        let part = try row.object("refs")
        var values: [String?] = []
        for name in References.names { values.append(try part.optionalText(name)) }
        self.init(
            origin: try row.origin(), dimension: try row.word("dimension"),
            evidence: try row.raw("evidence", .array), lotId: try row.text("lotId"),
            references: References(values: values), rootCauseKey: try row.text("rootCauseKey"),
            rule: try row.text("rule"), severity: try row.word("severity"),
            summary: try row.text("summary"))
    }
}

extension JSONView {
    /// A name of 1 to 256 characters, as deviationRaised's contract has them. An order's number is
    /// in no failure's contract: it may stand there unchecked, and what does not fit is left out.
    fileprivate func reference(_ name: StaticString) -> String? {
        guard let bytes = string(name), !bytes.isEmpty else { return nil }
        // Continuation bytes of UTF-8 begin with 10.
        let characters = bytes.lazy.filter { $0 & 0xC0 != 0x80 }.count
        return characters <= 256 ? bytes.text : nil
    }
}
