// The measuring tool behind `make bench`: each call measures one thing and prints one line of JSON.
// Tests/Bench/bench.py starts the broker, calls this, and puts what belongs together side by side.
// It is no product: nothing ships it.

import Glibc

@main
enum Main {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        guard let verb = words.first, let arguments = BenchArguments(words.dropFirst()) else {
            stop(
                "usage: holdfast-bench load|consume|work|floor|contain|traffic|dedupe|plain-ids"
                    + "|changelog|restore|plain-rows|decode name=value"
            )
        }
        do {
            let figures: [(String, Double)]
            switch verb {
            case "load": figures = try LoadRun.run(arguments)
            case "consume": figures = try ConsumeRun.run(arguments)
            case "work": figures = try WorkRun.run(arguments)
            case "floor": figures = try FloorRun.run(arguments)
            case "contain": figures = try ContainRun.run(arguments)
            case "dedupe": figures = DedupeRun.run(arguments)
            case "decode": figures = try DecodeRun.run(arguments)
            case "traffic": figures = try Traffic.run(arguments)
            case "plain-ids": figures = PlainStore.ids(arguments)
            case "changelog": figures = try ChangelogRun.run(arguments)
            case "plain-rows": figures = PlainStore.rows(arguments)
            case "restore": figures = try RestoreRun.run(arguments)
            default: stop("unknown measurement \(verb)")
            }
            let members = figures.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
            print("{\(members)}")
        } catch {
            stop("\(verb): \(error)")
        }
    }

    static func stop(_ message: String) -> Never {
        _ = (message + "\n").withCString { write(2, $0, strlen($0)) }
        exit(1)
    }
}
