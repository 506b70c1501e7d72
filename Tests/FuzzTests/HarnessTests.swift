// A harness that finds nothing proves nothing unless it is known to find what is there.

import Foundation
import Testing

@testable import holdfast_fuzz

@Suite struct HarnessTests {
    /// The program lies beside the tests.
    private static let program = Bundle.main.bundleURL.appendingPathComponent("holdfast-fuzz")

    private func run(_ input: String) throws -> (code: Int32, said: String, kept: [String]) {
        let space = Workspace()
        let corpus = space.path + "/corpus/canary"
        let found = space.path + "/found"
        FuzzFiles.makeFolder(corpus)
        #expect(FuzzFiles.write(Array(input.utf8), to: corpus + "/input"))
        let process = Process()
        process.executableURL = Self.program
        process.arguments = [
            "run", "--target", "canary", "--runs", "1", "--hang",
            input.hasPrefix("hang") ? "1" : "60", "--corpus",
            space.path + "/corpus", "--found", found,
        ]
        process.environment = ["SWIFT_BACKTRACE": "enable=no"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, said, Corpus.files(in: found).map(\.name))
    }

    @Test(arguments: [("crash", "crash"), ("hang", "hang"), ("slow", "slow")])
    func `an input that ends, stops or holds up its process is kept and made small`(
        word: String, kind: String
    ) throws {
        let (code, said, kept) = try run("\(word) and some words more")
        #expect(code == 1)
        #expect(said.contains("FOUND \(kind) in canary"))
        #expect(kept == ["canary-\(kind)-1-0", "canary-\(kind)-1-0-small"])
        // Each try of the others takes as long as they do: how far that gets is the machine's luck.
        if kind == "crash" { #expect(said.contains("made smaller: \(word.count) bytes")) }
    }

    @Test
    func `an innocent input is no finding`() throws {
        let (code, said, kept) = try run("innocent")
        #expect(code == 0)
        #expect(said.contains("1 inputs, 0 findings"))
        #expect(kept.isEmpty)
    }
}
