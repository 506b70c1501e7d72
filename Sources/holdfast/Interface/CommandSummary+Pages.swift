// The pages of the subcommands.

import Configuration
import EventModel

extension CommandSummary {
    private static func required(_ name: String, _ choices: [String] = [], isFile: Bool = false)
        -> Argument
    {
        Argument(name: name, choices: choices, isRequired: true, isFile: isFile)
    }

    package static let pages: [CommandSummary] = [
        CommandSummary(
            command: .run, summary: "Run the worker",
            details: """
                Reads the input topics, decides, and writes holds, gates, deviations, alerts and \
                changes, exactly once. SIGTERM or SIGINT drains and commits within \
                --drain-timeout; a second one stops at once, safely.
                """,
            argument: nil,
            examples: [
                ("holdfast run", "on the embedded log in ./state/log"),
                (
                    "holdfast run --log kafka://localhost:9092 --instance pod-0 --threads 2",
                    "on Kafka, with static membership"
                ),
            ]),
        CommandSummary(
            command: .demo, summary: "Show a shift of plant data going through",
            details: """
                Sends events of a shift through the whole pipeline and says line by line what is \
                held, freed, grouped, suppressed and refused, then a summary and commands to try \
                next. On the embedded log the clock runs fast, and each run makes a log of its own \
                under --state (demo-*, to be deleted at will). A log named by --log that has \
                topics already, and Kafka, are used in real time. Ctrl-C ends it.
                """,
            argument: nil,
            examples: [
                ("holdfast demo", "on the embedded log; nothing has to be installed"),
                ("holdfast demo --log kafka://localhost:9092", "the same on Kafka, in real time"),
            ]),
        CommandSummary(
            command: .topics, summary: "Compare the topics with their contract, or make them",
            details: """
                'check' compares what the log has with what Holdfast needs and exits with 78 when \
                something is wrong. 'apply' makes missing topics and corrects settings; it never \
                changes a partition count.
                """,
            argument: required("check|apply", ["check", "apply"]),
            examples: [
                ("holdfast topics check --log kafka://localhost:9092", "compares, changes nothing"),
                (
                    "holdfast topics apply --partitions 12 --replication 3",
                    "makes what is missing, with 12 partitions"
                ),
            ]),
        CommandSummary(
            command: .produce, summary: "Write records from a file of JSON lines",
            details: """
                Each line is {"topic":..,"key":..,"headers":{..},"value":..}. A key may be null. A \
                value that is an object, list, number or boolean is written byte for byte as it \
                stands; a string is written as its text; null is a null value.
                """,
            argument: required("FILE", isFile: true),
            examples: [
                ("holdfast produce shift.ndjson", "writes the file, with a progress bar"),
                ("zcat shift.ndjson.gz | holdfast produce - --rate 500", "from a pipe, slowly"),
            ]),
        CommandSummary(
            command: .tail, summary: "Print the records of a topic",
            details: """
                Reads committed records only. Without --follow it stops at the end that the topic \
                had when it began.
                """,
            argument: required("TOPIC", Topic.allCases.map(\.name)),
            examples: [
                ("holdfast tail holdfast.holds --follow", "what is held and freed, live"),
                (
                    "holdfast tail holdfast.dead-letters --from 2h --output json",
                    "what was refused in the last two hours"
                ),
            ]),
        CommandSummary(
            command: .holds, summary: "Print what is held now, since when and why",
            details: "Reads the worker's committed state from the log; no worker has to run.",
            argument: nil,
            examples: [
                ("holdfast holds", "every hold there is"),
                ("holdfast holds --lot L-4711 --output json", "one lot, for a program"),
            ]),
        CommandSummary(
            command: .explain, summary: "Print the story of an event, hold, deviation or alert",
            details: """
                Finds everything in the log that has to do with an id: what caused it, which rule \
                and policy, which group, what was suppressed and why, where each record lies, and \
                which batch record covers it. Exits with 65 when nothing is found.
                """,
            argument: required("ID"),
            examples: [
                ("holdfast explain 9f86d081884c7d659a2feaa0c55ad015", "a hold, by its id"),
                ("holdfast explain evt-000042 --output json", "an inbound event, for a program"),
            ]),
        CommandSummary(
            command: .verify, summary: "Prove from the log that every output is what it must be",
            details: """
                Reads inputs, batch records and outputs, decides everything again from the \
                beginning, and names by its offset what differs, is missing or is extra, and any \
                gap or overlap between batches; then it exits with 65. Needs no state directory \
                and changes nothing. --deployment and --dedupe-window must be the worker's.
                """,
            argument: nil,
            examples: [
                ("holdfast verify", "the embedded log"),
                (
                    "holdfast verify --log kafka://localhost:9092 --output json",
                    "Kafka, for a program"
                ),
            ]),
        CommandSummary(
            command: .copy, summary: "Copy the log into a new embedded log",
            details: """
                Every committed record of all topics keeps its offset and its append time, so \
                that verify, explain, holds and tail answer from the copy as from the log itself.
                """,
            argument: required("DIR"),
            examples: [
                (
                    "holdfast copy ./case-17 --log kafka://localhost:9092",
                    "takes a log home, to look at it without brokers"
                ),
                ("holdfast verify --log local:./case-17", "proves the copy"),
            ]),
        CommandSummary(
            command: .simulate, summary: "Try the worker against a million bad days",
            details: """
                Runs the real worker over simulated brokers, clocks and machines in which by \
                each seed other things go wrong: crashes at any step, rebalances, lost answers, \
                late markers, clocks that jump. Then all heals, everything must be decided, and \
                what is in the log is checked. A seed that fails is printed with the command that \
                replays it; the exit code is 70 then. Touches no log and no state.
                """,
            argument: nil,
            examples: [
                ("holdfast simulate --seeds 2000", "a minute of bad days"),
                ("holdfast simulate --seed 17 --trace", "one of them, step by step"),
                ("holdfast simulate --exhaustive", "every small case"),
                (
                    "holdfast simulate --canary offsets-outside-transaction --seeds 300",
                    "plants a bug and says which seed finds it"
                ),
            ]),
        CommandSummary(
            command: .config, summary: "Check the settings, or print where each came from",
            details: """
                Settings come from, in rising precedence: defaults, holdfast.yaml (or --config), \
                the environment, flags. Secrets are never printed.
                """,
            argument: required("check|show", ["check", "show"]),
            examples: [
                ("holdfast config show", "each value and its origin"),
                ("holdfast config check --config plant.yaml", "is the file right?"),
            ]),
        CommandSummary(
            command: .completions, summary: "Print completions for a shell",
            details: "The script is printed; the examples show where it goes.",
            argument: required("SHELL", ["bash", "zsh", "fish"]),
            examples: [
                ("source <(holdfast completions bash)", "for this bash"),
                (
                    "holdfast completions fish > ~/.config/fish/completions/holdfast.fish",
                    "for fish"
                ),
            ]),
        CommandSummary(
            command: .man, summary: "Print the manual page (roff)", details: "",
            argument: nil, examples: [("holdfast man | man -l -", "reads it")]),
        CommandSummary(
            command: .version, summary: "Print the version", details: "", argument: nil,
            examples: [("holdfast version --output json", "for a program")]),
        CommandSummary(
            command: .help, summary: "Print help on a subcommand", details: "",
            argument: Argument(
                name: "COMMAND", choices: CommandName.allCases.map(\.rawValue), isRequired: false,
                isFile: false),
            examples: [("holdfast help tail", "the same as holdfast tail --help")]),
    ]
}
