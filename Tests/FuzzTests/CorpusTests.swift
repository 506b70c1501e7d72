// Every kept input, those that were found by fuzzing among them, through its target again. Which
// one ended the process, if one does: `holdfast-fuzz replay --target T Tests/Fuzz/Corpus/T/*`
// prints each before the next.

import EventModel
import Testing

@testable import holdfast_fuzz

@Suite struct CorpusTests {
    static let folder: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(2)
        return parts.joined(separator: "/") + "/Fuzz/Corpus"
    }()

    @Test(arguments: FuzzTarget.product)
    func `every kept input is read to its end`(target: FuzzTarget) throws {
        let files = Corpus.files(in: "\(Self.folder)/\(target.rawValue)")
        #expect(files.count > 2, "\(target.rawValue) has a corpus")
        let entry = try target.makeEntry()
        for file in files { file.bytes.withUnsafeBytes { entry.run($0) } }
    }

    @Test(arguments: FuzzTarget.product)
    func `some hundred changed inputs are, too`(target: FuzzTarget) throws {
        let corpus = Corpus.files(in: "\(Self.folder)/\(target.rawValue)").map(\.bytes)
        let mutator = Mutator(target: target, corpus: corpus, seed: 20_261_121)
        let entry = try target.makeEntry()
        for index in 0..<UInt64(min(500, max(5, target.share))) {
            mutator.input(UInt64(corpus.count) + index).withUnsafeBytes { entry.run($0) }
        }
    }

    @Test
    func `the corpora stay small`() {
        let bytes = FuzzTarget.product.reduce(0) { sum, target in
            Corpus.files(in: "\(Self.folder)/\(target.rawValue)").reduce(sum) {
                $0 + $1.bytes.count
            }
        }
        #expect(bytes < 1_000_000)
    }

    @Test
    func `an input follows from seed, target and number alone`() {
        let corpus = [Array("{\"a\":1}".utf8), Array("[1,2,3]".utf8)]
        let one = Mutator(target: .records, corpus: corpus, seed: 7)
        let same = Mutator(target: .records, corpus: corpus, seed: 7)
        let other = Mutator(target: .records, corpus: corpus, seed: 8)
        #expect((0..<500).allSatisfy { one.input($0) == same.input($0) })
        #expect((2..<500).contains { one.input($0) != other.input($0) })
        #expect(Set((2..<500).map { one.input($0) }).count > 400)
    }
}
