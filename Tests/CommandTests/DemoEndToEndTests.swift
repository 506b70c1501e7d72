// The demo as a person runs it: on the embedded log, to its end, and then the commands that it
// prints.

import Configuration
import EventModel
import Foundation
import Testing

@testable import holdfast

@Suite struct DemoEndToEndTests {
    /// Runs a command line on the real embedded log.
    private static func run(_ words: [String]) throws -> Answer {
        nonisolated(unsafe) var output: [UInt8] = []
        let line = try CommandLineParser.parse(words)
        let call = Invocation(
            command: line.command, arguments: line.arguments,
            settings: try SettingsResolver.resolve(flags: line.flags, environment: [:]) { _ in nil
            },
            terminal: Terminal(
                sink: { _, bytes in
                    output.append(contentsOf: bytes)
                    return true
                },
                outputIsTerminal: false, errorIsTerminal: false, isColored: false, isQuiet: false),
            environment: Main.machine, logs: LogFactory(environment: Main.machine))
        if line.command == .demo {
            try DemoCommand.run(call, pace: .init(speed: 12_000, changeDueSeconds: 3))
        } else {
            try Dispatcher.run(call)
        }
        call.terminal.flush()
        return Answer(
            code: .success, output: String(decoding: output, as: UTF8.self), error: "")
    }

    private static func temporaryDirectory() -> String {
        var template = Array("/tmp/holdfast-demo-XXXXXX".utf8CString)
        return template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    @Test func `the demo tells everything, ends, and the commands it prints work`() throws {
        let directory = Self.temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let demo = ["demo", "--state", directory + "/state", "--data", directory]
        let answer = try Self.run(demo)
        let words = Set(
            answer.lines.compactMap { line in
                line.split(separator: " ").dropFirst().first.map(String.init)
            })
        for word in [
            "HOLD", "GATE", "DEVIATION", "ALERT", "RELEASE", "REFUSED", "DECIDED", "EFFECTIVE",
            "DUPLICATE", "quiet",
        ] {
            #expect(words.contains(word), "nothing is told of \(word)")
        }
        #expect(answer.output.contains("dispositions      1 recorded, 1 refused"))
        #expect(answer.output.contains("dead letters      1, kept whole"))
        #expect(answer.output.contains("The clock runs fast"))
        let printed = answer.lines.filter { $0.hasPrefix("  holdfast ") }
        #expect(printed.count == 3)
        for line in printed {
            let words = line.split(separator: " ").dropFirst().map(String.init)
            let story = try Self.run(words)
            #expect(!story.lines.isEmpty, "\(line) says nothing")
            guard words[0] == "explain" else { continue }
            for part in ["rule hold.", "rule gate.lot", "deviation ", "alert suppressed"] {
                #expect(story.output.contains(part), "the story has no \(part)")
            }
        }
    }

    @Test func `a second run on the same log is in real time, and sees its own events only`() throws
    {
        let directory = Self.temporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let demo = [
            "demo", "--state", directory + "/state", "--data", directory, "--log",
            "local:\(directory)/log",
        ]
        #expect(try Self.run(demo).output.contains("The clock runs fast"))
        let second = try Self.run(demo).output
        #expect(second.contains("in real time"))
        #expect(second.contains("duplicates        1 dropped"))
        #expect(second.contains("dispositions      1 recorded, 1 refused"))
        #expect(second.contains("changes           1 effective at its instant"))
    }
}
