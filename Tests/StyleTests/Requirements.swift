// docs/requirements.md says for every requirement how far this edition is; ids that tests and
// documents cite are ids of that page.

import Testing

struct Requirements {
    private static func page() throws -> [String] {
        try #require(Tree.file("docs/requirements.md")).lines
    }

    /// Ids by the first cell of a table's row.
    private static func rows() throws -> [(id: String, state: String)] {
        try page().compactMap { line in
            let cells = line.split(separator: "|").map { $0.trimmed }
            guard cells.count >= 2, let id = ids(in: cells[0]).first, id == cells[0] else {
                return nil
            }
            return (id, cells[1])
        }
    }

    @Test func `the page has 187 requirements, each once, each with a known state`() throws {
        let rows = try Self.rows()
        #expect(Set(rows.map(\.id)).count == 187)
        #expect(rows.count == 187)
        for row in rows {
            #expect(["yes", "partly", "later"].contains(row.state), "\(row.id): \(row.state)")
        }
    }

    @Test func `what is said to be shown names a test or a document that is there`() throws {
        let tests = Tree.files(under: "Tests", endings: [".swift", ".py"]).flatMap(\.lines)
        for line in try Self.page() {
            let cells = line.split(separator: "|").map { $0.trimmed }
            guard cells.count >= 3, ["yes", "partly"].contains(cells[1]) else { continue }
            let named = cells.dropFirst(2).joined(separator: " ").split(
                separator: "`", omittingEmptySubsequences: false)
            let names = named.indices.filter { $0 % 2 == 1 }.map { named[$0] }
            let isLinked = cells.dropFirst(2).contains { $0.contains("](") }
            #expect(!names.isEmpty || isLinked, "\(cells[0]) shows nothing")
            for name in names {
                #expect(tests.contains { $0.contains(name) }, "\(cells[0]): no test \(name)")
            }
        }
    }

    @Test func `an id that is cited is on the page`() throws {
        let known = Set(try Self.rows().map(\.id))
        let files =
            Tree.files(under: "docs", endings: [".md"])
            + Tree.files(under: "Tests", endings: [".swift", ".py"])
        for file in files where !file.path.hasSuffix("StyleTests/Requirements.swift") {
            for line in file.lines {
                for id in Self.ids(in: line) where id.contains(".") {
                    #expect(known.contains(id), "\(file.path) cites \(id)")
                }
            }
        }
    }

    /// `A4.6`, `B11.14`, `C12`: a letter, digits, perhaps a dot and digits, and nothing beside it.
    static func ids(in line: String) -> [String] {
        line.split { !($0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_") }
            .compactMap { word in
                let word = word.last == "." ? word.dropLast() : word
                guard let letter = word.first, "ABC".contains(letter) else { return nil }
                let parts = word.dropFirst().split(
                    separator: ".", omittingEmptySubsequences: false)
                let isNumbers = parts.allSatisfy { part in
                    !part.isEmpty && part.allSatisfy { $0.isASCII && $0.isNumber }
                }
                guard isNumbers, parts.count == (letter == "C" ? 1 : 2) else { return nil }
                return String(word)
            }
    }

    @Test func `an id is told from what looks like one`() {
        #expect(Self.ids(in: "see A4.6, B11.14 and C12.") == ["A4.6", "B11.14", "C12"])
        #expect(Self.ids(in: "A4, B-7.1, A4.6.1, lot A1.x, C1.2") == [])
    }
}

extension Substring {
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
