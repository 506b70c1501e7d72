// The signals that a worker names are what an operator searches for: docs/operations.md lists each,
// and none that the code does not have.

import Testing

struct NamedSignals {
    private static func names() throws -> [String] {
        let code = try #require(Tree.file("Sources/Worker/WorkerSignal.swift"))
        return code.lines.compactMap { line in
            let words = line.split(separator: "\"")
            guard words.count >= 2, words[0].hasPrefix("        case ."), words[0].hasSuffix(": ")
            else { return nil }
            return String(words[1])
        }
    }

    private static func rows() throws -> [String] {
        let page = try #require(Tree.file("docs/operations.md")).lines
        let begin = try #require(page.firstIndex(of: "## Named signals"))
        let section = page[(begin + 1)...].prefix { !$0.hasPrefix("## ") }
        return section.compactMap { line in
            guard line.hasPrefix("| `") else { return nil }
            return line.split(separator: "`").dropFirst().first.map(String.init)
        }
    }

    @Test func `the page has a row for each named signal, and no other`() throws {
        let names = try Self.names()
        #expect(names.count > 15)
        #expect(try Self.rows().sorted() == names.sorted())
    }
}
