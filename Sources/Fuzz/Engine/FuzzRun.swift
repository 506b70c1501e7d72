// A run over targets: one child after the other, its findings kept and made small, and a table of
// what was done at the end.

import Glibc

/// Runs targets and tells what came of it.
final class FuzzRun {
    private let seed: UInt64
    private let corpusFolder: String
    private let foundFolder: String
    private let workFolder: String
    private(set) var findings = 0
    private var lines: [String] = []
    private var total: UInt64 = 0
    /// A child that stays at one input for so long hangs.
    private let hangMicroseconds: Int64
    private static let findingsMax = 8

    init(seed: UInt64, corpus: String, found: String, hangSeconds: UInt64) {
        self.seed = seed
        hangMicroseconds = Int64(hangSeconds) * 1_000_000
        corpusFolder = corpus
        foundFolder = found
        workFolder = "\(Workspace.root)/holdfast-fuzz-run-\(getpid())"
        FuzzFiles.makeFolder(workFolder)
    }

    deinit { Workspace.remove(workFolder) }

    /// Runs so many inputs of a target, or for so long (the lesser of what is given).
    func run(_ target: FuzzTarget, inputs: UInt64, seconds: UInt64) {
        let pagePath = "\(workFolder)/page"
        guard let page = SharedPage(path: pagePath, make: true) else {
            Finding.stop("no page at \(pagePath)")
        }
        let started = FuzzChild.microseconds(CLOCK_MONOTONIC)
        let deadline = seconds == 0 ? 0 : started + Int64(seconds) * 1_000_000
        var next: UInt64 = 0
        var found = 0
        var megabytes = 0
        while next < inputs, found < Self.findingsMax {
            let words = [
                "child", "--target", target.rawValue, "--seed", "\(seed)", "--from", "\(next)",
                "--runs", "\(inputs)", "--until", "\(deadline)", "--corpus", corpusFolder,
                "--page", pagePath, "--work", workFolder,
            ]
            guard var child = ChildProcess(words, quiet: false) else {
                Finding.stop("no child: \(String(cString: strerror(errno)))")
            }
            let outcome = watch(&child, page)
            megabytes = max(megabytes, child.megabytesMax)
            guard let finding = FuzzFinding(outcome, target: target, index: page.index) else {
                break
            }
            found += 1
            keep(finding)
            next = page.index + 1
            if deadline > 0, FuzzChild.microseconds(CLOCK_MONOTONIC) > deadline { break }
        }
        findings += found
        let milliseconds = max(1, (FuzzChild.microseconds(CLOCK_MONOTONIC) - started) / 1_000)
        total += page.done
        report(
            target.rawValue, inputs: page.done, milliseconds: milliseconds, found: found,
            slowest: page.slowestMicroseconds, megabytes: megabytes)
    }

    private func watch(_ child: inout ChildProcess, _ page: SharedPage) -> ChildProcess.Outcome {
        var seen = page.done
        var since = FuzzChild.microseconds(CLOCK_MONOTONIC)
        return child.wait {
            let now = FuzzChild.microseconds(CLOCK_MONOTONIC)
            if page.done != seen {
                seen = page.done
                since = now
            }
            return now - since > hangMicroseconds
        }
    }

    private func keep(_ finding: FuzzFinding) {
        let corpus = Corpus.files(in: "\(corpusFolder)/\(finding.target.rawValue)").map(\.bytes)
        let mutator = Mutator(target: finding.target, corpus: corpus, seed: seed)
        let input = mutator.input(finding.index)
        FuzzFiles.makeFolder(foundFolder)
        let name = "\(finding.target.rawValue)-\(finding.kind.rawValue)-\(seed)-\(finding.index)"
        let path = "\(foundFolder)/\(name)"
        _ = FuzzFiles.write(input, to: path)
        print("FOUND \(finding.kind.rawValue) in \(finding.target.rawValue): \(path)")
        print("  again: holdfast-fuzz replay --target \(finding.target.rawValue) \(path)")
        guard finding.kind != .memory else { return }
        let minimiser = Minimiser(finding: finding, scratch: "\(workFolder)/try")
        let small = minimiser.minimise(input)
        _ = FuzzFiles.write(small, to: "\(path)-small")
        print("  \(input.count) bytes, made smaller: \(small.count) bytes in \(path)-small")
    }

    private func report(
        _ name: String, inputs: UInt64, milliseconds: Int64, found: Int, slowest: UInt64,
        megabytes: Int
    ) {
        let perSecond = Int64(inputs) * 1_000 / milliseconds
        let slow = slowest == 0 ? "-" : "\(slowest / 1_000) ms"
        let line =
            "| \(name) | \(inputs) | \(milliseconds / 1_000) s | \(perSecond) | \(slow) | "
            + "\(megabytes) MB | \(found) |"
        lines.append(line)
        print(line)
        fflush(nil)
    }

    /// The table of the whole run.
    func finish() {
        print("")
        print("| target | inputs | time | inputs/s | slow ones | memory | findings |")
        print("|---|---|---|---|---|---|---|")
        for line in lines { print(line) }
        print("")
        print("seed \(seed): \(total) inputs, \(findings) findings")
    }
}
