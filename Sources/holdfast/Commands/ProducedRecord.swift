// One line of `produce`: {"topic":..,"key":..,"headers":{..},"value":..}.

import Configuration
import EventModel

/// A record as a line describes it. Views are valid as long as the line's bytes and its index.
struct ProducedRecord {
    /// What is wrong with the line.
    struct Fault {
        let cause: String
        let wayOut: String
    }

    var topic: Topic?
    /// Nil: a null key.
    var key: ByteView?
    /// Nil: a null value. Raw bytes of the line, or a string's text.
    var value: ByteView?
    var headers: [(name: String, value: [UInt8])] = []
    var fault: Fault?

    /// Written inside the worker's transactions and nowhere else.
    private static let internalTopics: Set<Topic> = [.signals, .state, .audit]
    private static let names = ["topic", "key", "headers", "value"]

    init(_ line: JSONView) {
        guard line.kind == .object else {
            fault = Fault(cause: "no JSON object", wayOut: Self.shape)
            return
        }
        var seen: Set<String> = []
        line.forEachMember { name, member in
            let name = name.text
            seen.insert(name)
            take(name, member)
        }
        for name in ["topic", "key", "value"] where fault == nil && !seen.contains(name) {
            fault = Fault(cause: "'\(name)' is missing", wayOut: Self.shape)
        }
    }

    private static let shape =
        "A line is {\"topic\":..,\"key\":..,\"headers\":{..},\"value\":..}; headers may be left out"

    private mutating func take(_ name: String, _ member: JSONView) {
        switch name {
        case "topic":
            let text = member.kind == .string ? member.bytes.text : ""
            topic = Topic(name: text)
            if topic == nil {
                let question = NearestName.question(text, among: Topic.allCases.map(\.name))
                fail("no topic '\(text)'", question)
            } else if let topic, Self.internalTopics.contains(topic) {
                fail(
                    "\(text) is written by workers only",
                    "A record of ours there would stop a task; write to an input topic")
            }
        case "key":
            if member.kind == .string {
                key = member.bytes
            } else if member.kind != .null {
                fail("'key' is neither a string nor null", "")
            }
        case "value":
            value = member.kind == .null ? nil : member.bytes
        case "headers":
            if member.kind != .object { fail("'headers' is no object", "") }
            member.forEachMember { header, text in
                if text.kind != .string { fail("the header '\(header.text)' is no string", "") }
                headers.append((header.text, Array(text.bytes)))
            }
        default:
            fail("unknown member '\(name)'", NearestName.question(name, among: Self.names))
        }
    }

    private mutating func fail(_ cause: String, _ wayOut: String) {
        if fault == nil { fault = Fault(cause: Terminal.visible(cause), wayOut: wayOut) }
    }
}
