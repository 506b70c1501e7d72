// The pages say what the code does: the lists in docs/events.md and docs/dead-letters.md against
// the types, the schemas and the reasons.

import Contracts
import EventModel
import Foundation
import Testing

private func page(_ name: String) throws -> String {
    try String(contentsOf: packageRoot.appendingPathComponent("docs/\(name)"), encoding: .utf8)
}

/// The text under each heading of that level, in order.
private func sections(_ text: String, level: String) -> [(title: String, body: String)] {
    var found: [(title: String, body: String)] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.hasPrefix(level + " ") {
            found.append((String(line.dropFirst(level.count + 1)), ""))
        } else if line.hasPrefix("#") && !line.hasPrefix(level + "#") {
            found.append(("", ""))
        } else if !found.isEmpty {
            found[found.count - 1].body += line + "\n"
        }
    }
    return found.filter { !$0.title.isEmpty }
}

@Suite struct EventsDocsTests {
    @Test func `dead-letters has a section for each reason, in order, with our words`() throws {
        let found = sections(try page("dead-letters.md"), level: "##")
        #expect(found.map(\.title) == RejectionReason.allCases.map(\.rawValue))
        for (reason, section) in zip(RejectionReason.allCases, found) {
            #expect(section.body.contains(reason.explanation), "\(reason)")
            #expect(section.body.contains(reason.wayOut), "\(reason)")
        }
    }

    @Test func `dead-letters lists the headers that are written`() throws {
        let rows = try page("dead-letters.md").split(separator: "\n")
            .filter { $0.hasPrefix("| `hf_") }
            .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
        #expect(rows == DeadLetterHeader.allCases.map(\.rawValue))
    }

    @Test func `explanations and ways out are one sentence each`() {
        for reason in RejectionReason.allCases {
            for sentence in [reason.explanation, reason.wayOut] {
                #expect(sentence.hasSuffix(".") && !sentence.contains(". "), "\(reason)")
            }
        }
    }

    @Test func `events has a section for each type, under its topic`() throws {
        let text = try page("events.md")
        let titles = sections(text, level: "###").map(\.title)
        #expect(titles == EventType.allCases.map(\.name.description))
        for chapter in sections(text, level: "##") where chapter.title.contains("holdfast.") {
            let name = String(chapter.title.drop { $0 != " " }.dropFirst())
            #expect(Topic(name: name) != nil, "\(name)")
        }
    }

    @Test(arguments: EventType.allCases)
    func `a section lists the fields of the schema, the required ones in bold`(
        type: EventType
    ) throws {
        let found = sections(try page("events.md"), level: "###")
        let section = try #require(found.first { $0.title == type.name.description })
        let schema = try #require(
            try JSONSerialization.jsonObject(
                with: Data(contractFile(ContractRegistry.path(of: type)).utf8)) as? [String: Any])
        let required = Set(schema["required"] as? [String] ?? [])
        let common: Set = ["cause", "rule", "policyDigest"]
        let properties = Set((schema["properties"] as? [String: Any] ?? [:]).keys)
        let expected = properties.subtracting(type.isInbound ? [] : common)
            .map { required.contains($0) ? "**\($0)**" : $0 }
        let rows = section.body.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
            .map { String($0.dropFirst(2).prefix { $0 != " " }) }
        #expect(Set(rows) == Set(expected) && rows.count == expected.count)
    }

    @Test(arguments: EventType.allCases)
    func `the example in a section keeps the schema`(type: EventType) throws {
        let found = sections(try page("events.md"), level: "###")
        let section = try #require(found.first { $0.title == type.name.description })
        let parts = section.body.components(separatedBy: "```")
        let example = try #require(parts.count == 3 ? parts[1] : nil)
        #expect(example.hasPrefix("json\n"))
        let text = String(example.dropFirst(5))
        let schema = try contractFile(ContractRegistry.path(of: type))
        #expect(try violation(of: schema, in: text) == nil)
    }

    @Test(arguments: Topic.allCases)
    func `the table of topics says what the topic file says`(topic: Topic) throws {
        let row = try #require(
            try page("events.md").split(separator: "\n")
                .first { $0.hasPrefix("| `\(topic.name)` |") })
        let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        let file = try contractFile("\(topic.name).yaml").split(separator: "\n")
        func value(_ key: String) -> String? {
            file.first { $0.hasPrefix(key + ": ") }?.split(separator: " ").dropFirst().first
                .map(String.init)
        }
        #expect(cells[2] == value("cleanup"))
        let retention = try #require(value("retentionMs").flatMap { Int($0) })
        #expect(cells[3] == (retention < 0 ? "" : "\(retention / 86_400_000) days"))
    }

    @Test func `the attributes that are carried on are listed`() throws {
        let text = try page("events.md")
        let list = Extension.allCases.map { "`\($0.name)`" }.joined(separator: ", ")
        #expect(text.contains(list))
    }
}
