// docs/operations.md has tables that the code has too: they are made here and compared.
// HOLDFAST_RECORD=1 writes them anew.

import Configuration
import Glibc
import Testing

@testable import holdfast

@Suite struct OperationsPageTests {
    private static let page =
        "/" + "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")
        + "/docs/operations.md"

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

    private static var settings: String {
        var lines = [
            "| option | in holdfast.yaml | default | takes it | meaning |", "|---|---|---|---|---|",
        ]
        for setting in Setting.table {
            let short = setting.short.map { "`-\($0)`, " } ?? ""
            let value = setting.placeholder.map { " \($0)" } ?? ""
            let option = short + "`--\(setting.name)\(value)`"
            let everywhere = setting.commands.count == CommandName.allCases.count
            let takers = setting.commands.map(\.rawValue).joined(separator: ", ")
            let shown = setting.defaultText.map { $0.isEmpty ? "" : "`\($0)`" } ?? ""
            let cells = [
                option, setting.key.map { "`\($0)`" } ?? "", shown, everywhere ? "all" : takers,
                setting.help,
            ]
            lines.append("| " + cells.map(cell).joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n")
    }

    private static var codes: String {
        let rows = ExitCode.allCases.map { "| \($0.rawValue) | \(cell($0.meaning)) |" }
        return (["| code | meaning |", "|---|---|"] + rows).joined(separator: "\n")
    }

    private static var refused: String {
        let rows = KafkaProperties.refused.map { "| `\($0.name)` | \(cell($0.reason)) |" }
        return (["| property | why it may not be set |", "|---|---|"] + rows)
            .joined(separator: "\n")
    }

    private static var commands: String {
        CommandSummary.pages.map { page in
            var lines = ["### holdfast \(page.usage)", "", "\(page.summary)."]
            if !page.details.isEmpty { lines += ["", page.details] }
            lines += ["", "```sh"]
            for example in page.examples { lines += ["# \(example.does)", example.line] }
            return (lines + ["```"]).joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    private static func block(_ name: String) -> String {
        switch name {
        case "settings": settings
        case "exit codes": codes
        case "refused properties": refused
        default: commands
        }
    }

    @Test(arguments: ["settings", "exit codes", "refused properties", "commands"])
    func `a block of the page equals the table in the code`(name: String) throws {
        let bytes = try ConfigurationFile.bytes(of: Self.page, limit: 1 << 20)
        let text = String(decoding: bytes, as: UTF8.self)
        let begin = "<!-- begin \(name) -->\n"
        let end = "\n<!-- end \(name) -->"
        let start = try #require(text.firstRange(of: begin)).upperBound
        let stop = try #require(text.firstRange(of: end)).lowerBound
        #expect(String(text[start..<stop]) == Self.block(name), "HOLDFAST_RECORD=1 writes it anew")
    }

    @Test func `recording writes the blocks anew`() throws {
        guard getenv("HOLDFAST_RECORD") != nil else { return }
        let bytes = try ConfigurationFile.bytes(of: Self.page, limit: 1 << 20)
        var text = String(decoding: bytes, as: UTF8.self)
        for name in ["settings", "exit codes", "refused properties", "commands"] {
            let start = try #require(text.firstRange(of: "<!-- begin \(name) -->\n")).upperBound
            let stop = try #require(text.firstRange(of: "<!-- end \(name) -->")).lowerBound
            text.replaceSubrange(start..<stop, with: Self.block(name) + "\n")
        }
        let stream = fopen(Self.page, "w")
        fputs(text, stream)
        fclose(stream)
    }
}
