// Sizes that keep a file readable in one sitting, and a header that says what it is for.

import Testing

struct Sizes {
    static let fileLines = 400
    static let functionLines = 70
    static let columns = 100

    @Test(arguments: Tree.swift + Tree.python)
    func `a file is short, its lines fit, and its first line says what it is for`(
        file: SourceFile
    ) {
        let count = file.lines.last == "" ? file.lines.count - 1 : file.lines.count
        #expect(count <= Self.fileLines, "\(file.path) has \(count) lines")
        for (number, line) in file.lines.enumerated() where line.count > Self.columns {
            Issue.record("\(file.path):\(number + 1) has \(line.count) columns")
        }
        let opening = file.lines.first ?? ""
        #expect(
            ["//", "\"\"\"", "#!"].contains { opening.hasPrefix($0) },
            "\(file.path) does not begin with what it is for")
    }

    @Test(arguments: Tree.swift)
    func `a function is short`(file: SourceFile) {
        for function in Self.functions(in: file.code) where function.lines > Self.functionLines {
            Issue.record("\(file.path):\(function.line) is \(function.lines) lines long")
        }
    }

    struct Function: Equatable {
        var line: Int
        var lines: Int
    }

    /// Functions by a plain scan of braces: from the line of `func` or `init` to the brace that
    /// closes its body.
    static func functions(in code: [String]) -> [Function] {
        var found: [Function] = []
        var open: [(line: Int, depth: Int)] = []
        var waiting: Int?
        var depth = 0
        for (index, line) in code.enumerated() {
            let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "`") }
            if words.contains("func") || words.first == "init" { waiting = index }
            for character in line {
                if character == "{" {
                    if let start = waiting {
                        open.append((start, depth))
                        waiting = nil
                    }
                    depth += 1
                } else if character == "}" {
                    depth -= 1
                    if let last = open.last, last.depth == depth {
                        open.removeLast()
                        found.append(Function(line: last.line + 1, lines: index - last.line + 1))
                    }
                }
            }
        }
        return found
    }

    @Test
    func `the scan sees where a function begins and ends`() {
        let text = [
            "struct A {", "    func b(", "        c: Int", "    ) {", "        if c { d }", "    }",
            "}",
        ]
        #expect(Self.functions(in: text) == [Function(line: 2, lines: 5)])
    }
}
