// Documents and code name the same things: a list that a reader trusts is compared with what it
// lists. A document that does not exist yet is an error of its own.

import Testing

struct Documents {
    @Test(arguments: [
        "README.md", "docs/architecture.md", "docs/events.md", "docs/operations.md",
        "deploy/Dockerfile", "deploy/holdfast.service", "deploy/holdfast.yaml",
    ])
    func `what a reader looks for is there`(path: String) {
        #expect(Tree.file(path) != nil, "\(path) is missing")
    }

    @Test(arguments: ImportRules.table.keys.sorted())
    func `the architecture's table has every module`(module: String) throws {
        let page = try #require(Tree.file("docs/architecture.md"))
        #expect(page.lines.contains { $0.contains("| \(module) |") || $0.contains("`\(module)`") })
    }

    @Test(arguments: [
        "malformedJson", "notUtf8", "tooLarge", "notACloudEvent", "unknownType",
        "contractViolated", "timeUnusable", "identityConflict", "keyMissing", "wrongKey",
        "wrongPartition", "emptyValue", "unknownSource", "danglingReference",
    ])
    func `each dead-letter reason has its paragraph`(reason: String) throws {
        let page = try #require(Tree.file("docs/operations.md"))
        #expect(page.lines.contains { $0.contains("`\(reason)`") })
    }

    /// Types as they are declared, so that a new one cannot be forgotten in the docs.
    @Test
    func `each event type of the code stands in the catalogue of events`() throws {
        let page = try #require(Tree.file("docs/events.md")).lines.joined(separator: "\n")
        let code = try #require(Tree.file("Sources/EventModel/EventType.swift"))
        var names: [Substring] = []
        for line in code.lines where line.contains(".v1\"") {
            names += line.split(separator: "\"").filter { $0.hasSuffix(".v1") }
        }
        #expect(names.count >= 31)
        for name in names {
            let short = name.split(separator: ".").dropFirst().joined(separator: ".")
            #expect(page.contains(short), "docs/events.md does not tell of \(name)")
        }
    }

    @Test
    func `links between documents lead somewhere`() {
        for file in Tree.files(under: "docs", endings: [".md"])
            + [Tree.file("README.md")]
            .compactMap({ $0 })
        {
            let folder = file.path.split(separator: "/").dropLast().joined(separator: "/")
            for target in Self.links(in: file.lines) {
                let path = folder.isEmpty ? target : folder + "/" + target
                #expect(Tree.exists(path), "\(file.path) links to \(target)")
            }
        }
    }

    /// Relative targets of Markdown links, without their anchors.
    static func links(in lines: [String]) -> [String] {
        var found: [String] = []
        for line in lines {
            for part in line.components(by: "](").dropFirst() {
                guard let end = part.firstIndex(of: ")") else { continue }
                let target = part[..<end].split(separator: "#").first.map(String.init) ?? ""
                if target.isEmpty || target.contains("://") || part.hasPrefix("#") { continue }
                found.append(target)
            }
        }
        return found
    }

    /// `Worker/TaskCore+Close` in a page is a file under Sources, with or without its ending.
    @Test
    func `a source file that a page names is there`() {
        for file in Tree.files(under: "docs", endings: [".md"]) {
            for word in file.lines.joined(separator: " ").components(by: "`")
            where word.firstMatch(of: /^[A-Z][A-Za-z]+\/[A-Z][A-Za-z+]+(\.swift)?$/) != nil {
                let path = "Sources/\(word)"
                #expect(
                    Tree.exists(path) || Tree.exists(path + ".swift"), "\(file.path): \(word)")
            }
        }
    }

    @Test
    func `a link is found with and without its anchor`() {
        let lines = ["see [a](b.md#c) and [d](https://e), [f](#g), [h](../i/j.md)"]
        #expect(Self.links(in: lines) == ["b.md", "../i/j.md"])
    }
}

extension String {
    /// The pieces between occurrences of a separator.
    func components(by separator: String) -> [Substring] {
        var out: [Substring] = []
        var rest = Substring(self)
        while let found = rest.firstRange(of: separator) {
            out.append(rest[..<found.lowerBound])
            rest = rest[found.upperBound...]
        }
        return out + [rest]
    }
}
