// Bad days that others had: docs/testing.md names each report and our test, the tests name the
// report above them, and neither has what the other lacks.

import Testing

struct BadDayTable {
    struct Day: Equatable, Comparable {
        var test: String
        var reports: [String]
        static func < (left: Day, right: Day) -> Bool { left.test < right.test }
    }

    /// Rows of the page's table.
    private static func rows() throws -> [Day] {
        let page = try #require(Tree.file("docs/testing.md")).lines
        let begin = try #require(page.firstIndex(of: "## Bad days that others had"))
        let section = page[(begin + 1)...].prefix { !$0.hasPrefix("## ") }
        return section.compactMap { line in
            let cells = line.split(separator: "|").map(String.init)
            guard cells.count == 3, let name = cells[2].split(separator: "`").dropFirst().first
            else { return nil }
            return Day(test: String(name), reports: reports(in: cells[0]))
        }
    }

    /// Tests of the suite, each with the reports of the comment that ends right above it.
    private static func days() -> [Day] {
        var found: [Day] = []
        for file in Tree.tests where file.path.hasPrefix("Tests/WorkerTests/BadDays") {
            var comment = ""
            for line in file.lines {
                if line.hasPrefix("    //") {
                    comment += line
                } else if let name = name(in: line), !comment.isEmpty {
                    found.append(Day(test: name, reports: reports(in: comment)))
                    comment = ""
                } else if !line.hasPrefix("    @Test"), !line.hasPrefix("        "),
                    !line.hasPrefix("    ])")
                {
                    comment = ""
                }
            }
        }
        return found
    }

    private static func name(in line: String) -> String? {
        guard line.contains("func `") else { return nil }
        return line.split(separator: "`").dropFirst().first.map(String.init)
    }

    /// `owner/repository#number`, in order.
    static func reports(in text: String) -> [String] {
        text.split { !($0.isLetter || $0.isNumber || "/#-._".contains($0)) }.compactMap { word in
            let word = word.last == "." ? word.dropLast() : word
            let parts = word.split(separator: "#")
            guard parts.count == 2, parts[0].contains("/"), parts[1].allSatisfy(\.isNumber)
            else { return nil }
            return String(word)
        }
    }

    @Test func `each bad day of the page is a test that names the same reports`() throws {
        let rows = try Self.rows()
        #expect(rows.count >= 14)
        #expect(rows.sorted() == Self.days().sorted())
        #expect(rows.allSatisfy { !$0.reports.isEmpty })
    }

    @Test func `a report is told from other words`() {
        #expect(
            Self.reports(in: "// apache/kafka#6810, its cause; a/b, #7, twmb/franz-go#581: x")
                == ["apache/kafka#6810", "twmb/franz-go#581"])
    }
}
