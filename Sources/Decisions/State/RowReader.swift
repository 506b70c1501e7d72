// Reads our own JSON back. Every miss has the row's key and the member's name in its error.

import EventModel

/// An object of a state row or a signal, with what it is called in errors.
struct RowReader {
    let key: String
    let view: JSONView

    /// The newest version of rows and signals that this code reads and the one it writes.
    static let version: Int64 = 1

    /// A whole row: checks its version first, so that a newer one is told apart from a broken one.
    init(key: String, row view: JSONView) throws(StateRowError) {
        self.key = key
        self.view = view
        guard view.kind == .object, let version = view.integer("v"), version >= 1 else {
            throw .malformed(key: key, detail: "no object with a version v")
        }
        guard version <= Self.version else { throw .newerVersion(key: key, version: version) }
    }

    private init(key: String, part view: JSONView) {
        self.key = key
        self.view = view
    }

    func broken(_ name: StaticString) -> StateRowError {
        .malformed(key: key, detail: "\(name) is missing or not what it should be")
    }

    func text(_ name: StaticString) throws(StateRowError) -> String {
        guard let text = view.text(name) else { throw broken(name) }
        return text
    }

    /// Nil when the member is absent; an error when it is there and no string.
    func optionalText(_ name: StaticString) throws(StateRowError) -> String? {
        guard view.member(name) != nil else { return nil }
        return try text(name)
    }

    func integer(_ name: StaticString) throws(StateRowError) -> Int64 {
        guard let value = view.integer(name) else { throw broken(name) }
        return value
    }

    func boolean(_ name: StaticString) throws(StateRowError) -> Bool {
        guard let value = view.boolean(name) else { throw broken(name) }
        return value
    }

    func instant(_ name: StaticString) throws(StateRowError) -> Instant {
        guard let text = view.string(name), let value = Instant(rfc3339: text) else {
            throw broken(name)
        }
        return value
    }

    func raw(_ name: StaticString, _ kind: JSONKind) throws(StateRowError) -> RawJSON {
        guard let value = view.member(name), value.kind == kind else { throw broken(name) }
        return RawJSON(value.bytes.text)
    }

    func object(_ name: StaticString) throws(StateRowError) -> RowReader {
        guard let value = view.member(name), value.kind == .object else { throw broken(name) }
        return RowReader(key: key, part: value)
    }

    func optionalObject(_ name: StaticString) throws(StateRowError) -> RowReader? {
        guard view.member(name) != nil else { return nil }
        return try object(name)
    }

    /// A name of one of our enumerations.
    func word<Word: RawRepresentable>(_ name: StaticString) throws(StateRowError) -> Word
    where Word.RawValue == String {
        guard let word = Word(rawValue: try text(name)) else { throw broken(name) }
        return word
    }

    func optionalWord<Word: RawRepresentable>(_ name: StaticString) throws(StateRowError) -> Word?
    where Word.RawValue == String {
        guard view.member(name) != nil else { return nil }
        return try word(name)
    }

    func cause(_ name: StaticString) throws(StateRowError) -> Cause {
        let part = try object(name)
        return Cause(
            source: try part.text("source"), id: try part.text("id"), type: try part.text("type"))
    }

    func reason() throws(StateRowError) -> Reason {
        let part = try object("reason")
        return Reason(code: try part.text("code"), text: try part.text("text"))
    }

    func subject() throws(StateRowError) -> Subject {
        let part = try object("subject")
        return Subject(type: try part.text("type"), id: try part.text("id"))
    }

    /// cause, extensions and time, as every internal record has them.
    func origin() throws(StateRowError) -> Origin {
        let part = try object("extensions")
        var extensions: [CarriedExtension] = []
        for name in Extension.allCases where name != .causationid {
            guard let value = try part.optionalText(name.name) else { continue }
            extensions.append(CarriedExtension(name: name, value: value))
        }
        return Origin(cause: try cause("cause"), time: try text("time"), extensions: extensions)
    }
}
