// The parts that several rows and signals share, written one way. Members sorted by name.

import EventModel

extension JSONWriter {
    /// A member that is left out when there is no value.
    mutating func optional(_ name: StaticString, _ value: String?) {
        if let value { member(name, value) }
    }

    mutating func instant(_ name: StaticString, _ value: Instant) {
        member(name, value.exactText)
    }

    mutating func raw(_ name: StaticString, _ value: RawJSON) {
        self.name(name)
        raw(value.text)
    }

    mutating func cause(_ name: StaticString, _ cause: Cause) {
        self.name(name)
        beginObject()
        member("id", cause.id)
        member("source", cause.source)
        member("type", cause.type)
        endObject()
    }

    mutating func reason(_ reason: Reason) {
        name("reason")
        beginObject()
        member("code", reason.code)
        member("text", reason.text)
        endObject()
    }

    mutating func subject(_ subject: Subject) {
        name("subject")
        beginObject()
        member("id", subject.id)
        member("type", subject.type)
        endObject()
    }

    mutating func extensions(_ extensions: [CarriedExtension]) {
        name("extensions")
        beginObject()
        let sorted = extensions.sorted { $0.name.name.description < $1.name.name.description }
        for carried in sorted { member(carried.name.name, carried.value) }
        endObject()
    }

    /// Closes a row: `v` sorts last among our names.
    mutating func endRow() -> [UInt8] {
        member("v", RowReader.version)
        endObject()
        return bytes
    }
}
