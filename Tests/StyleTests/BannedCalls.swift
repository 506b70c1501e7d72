// Calls that would make a result depend on when or where it was computed, and words that say that
// something was left undone. Each has its replacement beside it.

import Testing

struct BannedCalls {
    /// A banned piece of code and what to write instead.
    struct Ban: Sendable, CustomTestStringConvertible {
        let text: String
        let instead: String
        /// Modules that may, because they are the edge.
        var but: Set<String> = []
        var testDescription: String { text }
    }

    static let bans: [Ban] = [
        Ban(text: "Date()", instead: "time is an argument: Environment.now"),
        Ban(text: "UUID()", instead: "ids are deterministic, luck is an argument"),
        Ban(text: ".random(in", instead: "luck is an argument: Environment.random"),
        Ban(text: "Task.sleep", instead: "threads wait on the log's poll"),
        Ban(text: "try!", instead: "throw, or precondition with the reason"),
        Ban(text: "print(", instead: "a named signal", but: ["holdfast", "Bench", "Fuzz"]),
    ]

    @Test(arguments: bans)
    func `no module asks for time or luck, or traps, behind its caller's back`(ban: Ban) {
        for file in Tree.sources where !ban.but.contains(file.module ?? "") {
            for (number, line) in file.code.enumerated() where Self.calls(ban.text, in: line) {
                Issue.record("\(file.path):\(number + 1): \(ban.text): \(ban.instead)")
            }
        }
    }

    /// Whether the text stands in the line, not as the tail of a longer name.
    static func calls(_ text: String, in line: String) -> Bool {
        var rest = Substring(line)
        while let found = rest.firstRange(of: text) {
            let before =
                found.lowerBound == line.startIndex
                ? nil
                : line[line.index(before: found.lowerBound)]
            let isTail = before.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
            if !isTail || text.hasPrefix(".") { return true }
            rest = rest[found.upperBound...]
        }
        return false
    }

    @Test(arguments: Tree.sources)
    func `the product is threads, not tasks`(file: SourceFile) {
        for (number, line) in file.code.enumerated() {
            let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
            #expect(
                !words.contains("async") && !words.contains("await"),
                "\(file.path):\(number + 1): no Swift concurrency in the product")
        }
    }

    @Test(arguments: ["FIX" + "ME", "TO" + "DO", "XX" + "X"])
    func `nothing is left for later`(word: String) {
        for file in Tree.swift + Tree.python {
            for (number, line) in file.lines.enumerated()
            where line.split(whereSeparator: { !$0.isLetter }).contains(Substring(word)) {
                Issue.record("\(file.path):\(number + 1): \(word): do it, or open an issue")
            }
        }
    }

    /// Folders of one machine, spelled in halves so that this file may be read too.
    @Test(arguments: ["/wo" + "rk/", "/ro" + "ot/", "/tmp/w" + "t/", "/home/" + "runner"])
    func `the tree names no folder of one machine`(folder: String) {
        for file in Tree.texts {
            for (number, line) in file.lines.enumerated() where line.contains(folder) {
                Issue.record("\(file.path):\(number + 1) names \(folder)")
            }
        }
    }

    @Test(arguments: [
        ("let a = Date()", true), ("let a = ReleaseDate()", false), ("x.random(in: 0..<1)", true),
    ])
    func `a banned call is found, a longer name is not`(line: String, banned: Bool) {
        #expect(Self.bans.contains { Self.calls($0.text, in: line) } == banned)
    }

    @Test
    func `words in comments and strings are no calls`() {
        let lines = [
            "// Date()", "let s = \"Date() \\\" Date()\" + f()", "/* Date()", "Date() */ g",
        ]
        #expect(Tree.codeOnly(lines) == ["", "let s =  + f()", "", "/ g"])
    }
}
