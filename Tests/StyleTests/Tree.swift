// The source tree as text. Style is a test (docs/architecture.md has the rules): this file only
// finds and reads files; what is asked of them stands in the suites beside it.

import Foundation
import Testing

/// A file of the tree, with its path from the package's root.
struct SourceFile: Sendable, CustomTestStringConvertible {
    let path: String
    let lines: [String]
    var testDescription: String { path }

    /// The module that a file under Sources belongs to.
    var module: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    /// Lines with what stands in comments and string literals blanked, so that words in prose count
    /// for nothing. Good enough for our code, not a Swift lexer: multi-line strings are blanked
    /// too.
    let code: [String]
}

enum Tree {
    static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    static let sources = files(under: "Sources", endings: [".swift"])
    static let tests = files(under: "Tests", endings: [".swift"])
    static let swift = sources + tests
    static let python = files(under: "Tests", endings: [".py"])
    /// All that is committed as text and ours to word.
    static let texts =
        swift + python
        + files(under: "docs", endings: [".md"])
        + files(under: "topics", endings: [".yaml", ".json", ".py"])
        + files(under: "deploy", endings: [""])
        + files(under: ".ci", endings: [""])
        + ["Makefile", "Package.swift", "README.md"].compactMap(file)

    /// One file, or nil when there is none.
    static func file(_ path: String) -> SourceFile? {
        guard let text = try? String(contentsOfFile: root + "/" + path, encoding: .utf8) else {
            return nil
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
        return SourceFile(
            path: path, lines: lines, code: path.hasSuffix(".swift") ? codeOnly(lines) : [])
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root + "/" + path)
    }

    /// Files under a folder, sorted; generated ones and caches are not ours to style.
    static func files(under folder: String, endings: [String]) -> [SourceFile] {
        let paths = (try? FileManager.default.subpathsOfDirectory(atPath: root + "/" + folder))
        return (paths ?? []).sorted()
            .filter { path in endings.contains { $0.isEmpty || path.hasSuffix($0) } }
            .filter { !"/\($0)".contains("/Generated/") && !$0.contains("__pycache__") }
            .compactMap { file(folder + "/" + $0) }
    }

    static func codeOnly(_ lines: [String]) -> [String] {
        var inComment = false
        var inText = false
        return lines.map { line in
            var out = ""
            var inString = false
            var rest = Substring(line)
            while let first = rest.first {
                if inComment {
                    if rest.hasPrefix("*/") { inComment = false }
                } else if rest.hasPrefix("\"\"\"") {
                    inText.toggle()
                    rest = rest.dropFirst(2)
                } else if inText {
                    // blanked
                } else if inString {
                    if first == "\\" { rest = rest.dropFirst() } else { inString = first != "\"" }
                } else if first == "\"" {
                    inString = true
                } else if rest.hasPrefix("//") {
                    break
                } else if rest.hasPrefix("/*") {
                    inComment = true
                } else {
                    out.append(first)
                }
                rest = rest.dropFirst()
            }
            return out
        }
    }
}
