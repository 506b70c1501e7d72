// `make fuzz`: throws bytes at every place where outside bytes are read.
//
//   run     --seed S  --runs N | --minutes M  --target a,b | all  --corpus DIR  --found DIR
//           --hang SECONDS
//   replay  --target T FILE...        runs files, says when one is slow
//   guided  --target T WORD...        libFuzzer with its own words, in a build made for it
//   base    DIR                       writes the files that damage is done to
//   child                             what `run` starts
//
// No product: nothing ships it.

import EventModel
import Glibc

@main
enum Main {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        guard let verb = words.first, let arguments = FuzzArguments(words.dropFirst()),
            let targets = arguments.targets
        else { stop("usage: holdfast-fuzz run|replay --name value ...") }
        do {
            switch verb {
            case "run": exit(run(targets, arguments))
            case "child": exit(try child(targets[0], arguments))
            case "guided": exit(try Guided.run(targets[0], arguments.files))
            case "base": try BaseFiles().keep(in: arguments.files.first ?? ".")
            case "replay": try replay(targets[0], arguments.files)
            default: stop("unknown: \(verb)")
            }
        } catch { stop("\(error)") }
    }

    /// 10,000 in all unless told otherwise; with minutes, each target has its part of them.
    private static func run(_ targets: [FuzzTarget], _ arguments: FuzzArguments) -> Int32 {
        let minutes = arguments.number("minutes") ?? 0
        let run = FuzzRun(
            seed: arguments.number("seed") ?? 1,
            corpus: arguments.text("corpus") ?? "Tests/Fuzz/Corpus",
            found: arguments.text("found") ?? ".build/fuzz/found",
            hangSeconds: arguments.number("hang") ?? 10)
        let runs = arguments.number("runs") ?? (minutes > 0 ? .max / 1_000 : 10_000)
        let shares = targets.reduce(0) { $0 + $1.share }
        for target in targets {
            run.run(
                target,
                inputs: (runs / UInt64(shares)) * UInt64(target.share)
                    + runs % UInt64(shares) * UInt64(target.share) / UInt64(shares),
                seconds: minutes * 60 / UInt64(targets.count))
        }
        run.finish()
        return run.findings == 0 ? 0 : 1
    }

    private static func child(_ target: FuzzTarget, _ arguments: FuzzArguments) throws -> Int32 {
        guard let path = arguments.text("page"), let page = SharedPage(path: path, make: false),
            let folder = arguments.text("corpus"), let seed = arguments.number("seed"),
            let from = arguments.number("from"), let to = arguments.number("runs"),
            let deadline = arguments.number("until"), let work = arguments.text("work")
        else { stop("a child has all of its words") }
        Workspace.root = work
        let corpus = Corpus.files(in: "\(folder)/\(target.rawValue)").map(\.bytes)
        let child = FuzzChild(
            target: target, mutator: Mutator(target: target, corpus: corpus, seed: seed),
            page: page)
        return try child.run(from: from, to: to, deadline: Int64(deadline)).rawValue
    }

    private static func replay(_ target: FuzzTarget, _ files: [String]) throws {
        FuzzChild.limitMemory()
        let entry = try target.makeEntry()
        for file in files {
            guard let input = Workspace.read(file) else { stop("cannot read \(file)") }
            let start = FuzzChild.microseconds(CLOCK_MONOTONIC)
            input.withUnsafeBytes { entry.run($0) }
            let took = FuzzChild.microseconds(CLOCK_MONOTONIC) - start
            print("\(file): \(took) us")
            if took > FuzzChild.inputMillisecondsMax * 1_000,
                FuzzChild.isSlow(input, entry, nil)
            {
                exit(FuzzChild.Ending.slow.rawValue)
            }
        }
    }

    static func stop(_ message: String) -> Never {
        _ = (message + "\n").withCString { write(2, $0, strlen($0)) }
        exit(FuzzChild.Ending.misused.rawValue)
    }
}
