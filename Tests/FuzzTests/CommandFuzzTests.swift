// What the command itself reads: lines of `produce` and the words of a command line. They live in
// the command, which `holdfast-fuzz` cannot link, so they are fuzzed here;
// HOLDFAST_FUZZ_RUNS says how long.

import Configuration
import Contracts
import EventModel
import Foundation
import Testing

@testable import holdfast
@testable import holdfast_fuzz

@Suite struct CommandFuzzTests {
    private static let runs =
        ProcessInfo.processInfo.environment["HOLDFAST_FUZZ_RUNS"].flatMap { UInt64($0) } ?? 2_000

    private func inputs(_ name: String, _ body: ([UInt8]) -> Void) {
        let corpus = Corpus.files(in: "\(CorpusTests.folder)/\(name)").map(\.bytes)
        #expect(!corpus.isEmpty)
        let mutator = Mutator(
            name: name, corpus: corpus,
            words: Tokens.words(of: .records) + Tokens.words(of: .settings), bytesMax: 8_192,
            seed: 1)
        for index in 0..<Self.runs { body(mutator.input(index)) }
    }

    @Test
    func `a line of produce is a record or a fault with words`() {
        var parser = JSONParser(limits: Limits())
        inputs("lines") { input in
            input.withUnsafeBytes { line in
                guard let view = try? parser.parse(line) else { return }
                let record = ProducedRecord(view)
                #expect((record.fault == nil) == (record.fault?.cause == nil))
                if record.fault == nil { #expect(record.topic != nil) }
            }
        }
    }

    @Test
    func `words are a command or an error with a way out`() {
        inputs("commandLine") { input in
            let words = input.split(separator: 0x0a, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            do {
                let parsed = try CommandLineParser.parse(words)
                _ = try SettingsResolver.resolve(flags: parsed.flags, environment: [:]) { _ in nil }
            } catch {
                #expect(!"\(error)".isEmpty)
            }
        }
    }
}
