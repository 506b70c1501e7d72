// The command line as a whole: help, completions, errors with the way out, exit codes, quiet pipes.

import Configuration
import EventLog
import Glibc
import Testing

@testable import holdfast

@Suite struct CommandLineTests {
    /// Golden texts stand in Golden/; HOLDFAST_RECORD=1 writes them anew.
    static func check(_ text: String, golden name: String) {
        let path = "\(#filePath)".split(separator: "/").dropLast().joined(separator: "/")
        let file = "/\(path)/Golden/\(name)"
        if getenv("HOLDFAST_RECORD") != nil {
            let stream = fopen(file, "w")
            fputs(text, stream)
            fclose(stream)
        }
        let bytes = (try? ConfigurationFile.bytes(of: file, limit: 1 << 20)) ?? []
        #expect(
            text == String(decoding: bytes, as: UTF8.self), "\(name) differs; HOLDFAST_RECORD=1")
    }

    @Test(arguments: CommandName.allCases.filter { $0 != .help })
    func `help of each subcommand is as recorded and fits a page`(command: CommandName) {
        let answer = Harness().run(command.rawValue, "--help")
        #expect(answer.code == .success)
        #expect(answer.lines.allSatisfy { $0.count <= 100 }, "a line is too long")
        #expect(answer.output.contains("Examples:"))
        Self.check(answer.output, golden: "help-\(command.rawValue).txt")
    }

    @Test func `the overview is as recorded`() {
        Self.check(Harness().run("help").output, golden: "help.txt")
        #expect(Harness().run("--help").output == Harness().run("help").output)
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `completions are as recorded and know every option`(shell: String) {
        let script = Harness().run("completions", shell).output
        for setting in Setting.table { #expect(script.contains(setting.name)) }
        Self.check(script, golden: "completions.\(shell)")
    }

    @Test func `the manual page names every option, command and exit code`() {
        let page = Harness().run("man").output
        for setting in Setting.table {
            #expect(page.contains("\\-\\-" + setting.name.replacing("-", with: "\\-")))
        }
        for code in ExitCode.allCases { #expect(page.contains("\n\(code.rawValue)\n")) }
        #expect(page.hasPrefix(".TH HOLDFAST 1"))
    }

    @Test(arguments: [
        (["confg"], "holdfast: confg: unknown subcommand. Did you mean 'config'?\n"),
        (
            ["tail", "holdfast.hold"],
            "holdfast: holdfast.hold: none of "
                + "mes.execution, qms.quality, master.data, holdfast.signals, holdfast.state, "
                + "holdfast.holds, holdfast.deviations, holdfast.alerts, holdfast.changes, "
                + "holdfast.gates, holdfast.dead-letters, holdfast.audit. "
                + "Did you mean 'holdfast.holds'?\n"
        ),
        (
            ["tail", "holdfast.holds", "--folow"],
            "holdfast: --folow: unknown option. Did you mean '--follow'?\n"
        ),
        (
            ["holds", "--rate", "5"],
            "holdfast: --rate: 'holds' does not take it (but produce does). "
                + "'holdfast holds --help' lists what it takes.\n"
        ),
        (["produce"], "holdfast: produce: FILE is missing. Usage: holdfast produce FILE.\n"),
        (
            ["config", "check", "again"],
            "holdfast: again: an argument too many. Usage: holdfast config check|show.\n"
        ),
        (
            ["tail", "holdfast.holds", "--max"],
            "holdfast: --max: a value is missing. Write --max N.\n"
        ),
        (
            ["holds", "--output", "jsn"],
            "holdfast: --output: 'jsn' is none of human, json. Did you mean 'json'?\n"
        ),
        (
            ["holds", "--subject", "PRESS-1"],
            "holdfast: --subject: 'PRESS-1' is no TYPE/ID. "
                + "Write for example equipment/PRESS-1.\n"
        ),
        (
            ["\u{1b}[31mx"],
            "holdfast: \\u{1b}[31mx: unknown subcommand. 'holdfast help' lists them.\n"
        ),
    ])
    func `a wrong command line exits with 64 and the way out`(words: [String], line: String) {
        let harness = Harness()
        let answer = harness.run(words)
        #expect(answer.code == .usage)
        #expect(answer.error == line)
        #expect(answer.output.isEmpty)
    }

    @Test func `settings that are wrong exit with 78, a file that is missing with 66`() {
        let harness = Harness()
        harness.variables = ["HOLDFAST_OUTPT": "json"]
        #expect(harness.run("holds").code == .configuration)
        #expect(harness.run("help").code == .success, "help works when settings are wrong")
        harness.variables = [:]
        #expect(harness.run("holds", "--config", "/no/such/file.yaml").code == .noInput)
        #expect(harness.run("config", "check", "--policy", "/no/such.yaml").code == .noInput)
    }

    @Test func `flags stand anywhere, in all their spellings`() throws {
        let line = try CommandLineParser.parse([
            "-qo", "json", "tail", "--max=3", "--no-follow", "--", "holdfast.holds",
        ])
        #expect(line.command == .tail)
        #expect(line.arguments == ["holdfast.holds"])
        #expect(
            line.flags.map { "\($0.setting.name)=\($0.text)" } == [
                "quiet=true", "output=json", "max=3", "follow=false",
            ])
    }

    @Test func `config check asks librdkafka about its properties, without a broker`() {
        let harness = Harness()
        let kafka = ["config", "check", "--log", "kafka://localhost:1", "--kafka"]
        #expect(harness.run(kafka + ["linger.ms=5"]).code == .success)
        for wrong in ["sasl.pasword=geheim", "linger.ms=soon"] {
            let answer = harness.run(kafka + [wrong])
            #expect(answer.code == .configuration)
            #expect(answer.error.contains("linger.ms") || answer.error.contains("sasl.pasword"))
            #expect(!(answer.error + answer.output).contains("geheim"))
        }
    }

    @Test func `config show never prints a secret and says where each value is from`() {
        let harness = Harness()
        harness.variables = [
            "HOLDFAST_KAFKA_SASL_PASSWORD": "geheim", "HOLDFAST_KAFKA_SSL_KEY_PEM": "geheim",
        ]
        for output in ["human", "json"] {
            let answer = harness.run(
                "config", "show", "--output", output, "--kafka", "ssl.key.password=geheim",
                "--threads", "3")
            #expect(answer.code == .success)
            #expect(!(answer.output + answer.error).contains("geheim"))
            #expect(answer.output.contains("********"))
            #expect(answer.output.contains("HOLDFAST_KAFKA_SASL_PASSWORD"))
            #expect(answer.output.contains("--threads"))
        }
    }

    @Test func `colours only where somebody watches, and never with NO_COLOR`() {
        #expect(Terminal.wantsColor("auto", environment: [:], isTerminal: true))
        #expect(!Terminal.wantsColor("auto", environment: [:], isTerminal: false))
        #expect(!Terminal.wantsColor("auto", environment: ["NO_COLOR": "1"], isTerminal: true))
        #expect(Terminal.wantsColor("auto", environment: ["NO_COLOR": ""], isTerminal: true))
        #expect(!Terminal.wantsColor("auto", environment: ["TERM": "dumb"], isTerminal: true))
        #expect(Terminal.wantsColor("always", environment: ["NO_COLOR": "1"], isTerminal: false))
        #expect(!Terminal.wantsColor("never", environment: [:], isTerminal: true))
    }

    @Test(arguments: [
        ("TOPIC_AUTHORIZATION_FAILED", ExitCode.noPermission), ("SQLITE_FULL", .inputOutput),
        ("SQLITE_BUSY", .temporary), ("_TRANSPORT", .unavailable),
        ("UNKNOWN_TOPIC_OR_PART", .configuration), ("SQLITE_CANTOPEN", .cannotCreate),
        ("unknownProperty", .configuration), ("invalidConfiguration", .configuration),
        ("FOREIGN_FILE", .configuration), ("NEWER_FORMAT", .configuration),
        ("PARTITION_COUNTS_DIFFER", .configuration), ("SQLITE_NOTADB", .inputOutput),
        ("MSG_SIZE_TOO_LARGE", .data),
    ])
    func `an error of the log has its exit code and its way out`(code: String, exit: ExitCode) {
        let harness = Harness()
        harness.log.failure = LogError(
            operation: "open the log", code: code, reaction: .stopProcess, message: "no",
            hint: "Do this.")
        let answer = harness.run("holds")
        #expect(answer.code == exit)
        #expect(answer.error == "holdfast: open the log: no (\(code)). Do this.\n")
    }
}
