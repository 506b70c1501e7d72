// A record as one line: for people, or as one JSON value.

import Configuration
import Contracts
import EventLog
import EventModel

/// Renders records.
final class RecordPrinter {
    private var parser: JSONParser
    private let terminal: Terminal
    private let isJSON: Bool

    init(_ call: Invocation) {
        parser = JSONParser(limits: call.settings.limits)
        terminal = call.terminal
        isJSON = call.settings.isJSON
    }

    func print(_ record: LogRecord) {
        if isJSON {
            terminal.line(bytes: json(record, relation: nil))
        } else {
            terminal.line(line(record))
        }
    }

    /// `2026-01-05 06:00:00 UTC  2@41  lot/L-1  what it says`.
    func line(_ record: LogRecord) -> String {
        let time = terminal.styled(HumanTime.text(record.appendTime), .dim)
        let place = terminal.styled(
            "\(record.partition.rawValue)@\(record.offset.rawValue)", .cyan)
        let key = record.key.map { Terminal.visible($0.text) } ?? "(no key)"
        return "\(time)  \(place)  \(key)  \(Terminal.visible(sentence(record)))"
    }

    /// What the record says, for people.
    func sentence(_ record: LogRecord) -> String {
        if record.topic == .deadLetters, let reason = header("hf_reason", of: record) {
            return "refused: \(reason): \(header("hf_detail", of: record) ?? "")"
        }
        guard let value = record.value else { return "(null: the key is removed)" }
        if let view = try? parser.parse(value) {
            let sentence =
                EventSentence.of(event: view) ?? EventSentence.of(internalRecord: view)
            if let sentence { return sentence }
        }
        let text = String(decoding: value.prefix(200), as: UTF8.self)
        return value.count > 200 ? "\(text)... (\(value.count) bytes)" : text
    }

    /// The text of a header; nil when there is none.
    func header(_ name: StaticString, of record: LogRecord) -> String? {
        record.headers.first { $0.name.isSame(as: name) }?.value?.text
    }

    /// The record as canonical JSON; its value as it stands when it is JSON, else as text.
    func json(_ record: LogRecord, relation: String?) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("appendTime", record.appendTime.text)
        json.name("headers")
        json.beginObject()
        for header in record.headers {
            json.name(header.name.text)
            if let value = header.value { json.string(value.text) } else { json.null() }
        }
        json.endObject()
        json.name("key")
        if let key = record.key { json.string(key.text) } else { json.null() }
        json.member("offset", record.offset.rawValue)
        json.member("partition", Int64(record.partition.rawValue))
        if let relation { json.member("relation", relation) }
        json.member("topic", record.topic.name)
        json.name("value")
        write(record.value, into: &json)
        json.endObject()
        return json.bytes
    }

    private func write(_ value: ByteView?, into json: inout JSONWriter) {
        guard let value else {
            json.null()
            return
        }
        guard (try? parser.parse(value)) != nil else {
            // Not JSON: as text, bytes that are no UTF-8 repaired (`text` does that).
            json.string(value.text)
            return
        }
        // A newline in JSON is whitespace (inside strings it is escaped): one record stays one
        // line.
        let line = value.map { $0 == 0x0a || $0 == 0x0d ? 0x20 : $0 }
        line.withUnsafeBytes { json.raw($0) }
    }
}
