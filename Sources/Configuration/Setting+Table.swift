// The table of settings. Names are Kafka's where Kafka has one.

extension Setting {
    private static let anyLog: [CommandName] = [
        .run, .demo, .topics, .produce, .tail, .holds, .explain, .verify, .copy, .config,
    ]
    private static let worker: [CommandName] = [.run, .demo, .config]
    private static let all = CommandName.allCases
    private static let day: Int64 = 86_400_000
    private static let hour: Int64 = 3_600_000

    package static let log = Setting(
        "log", kind: .logURL, default: "local:./state/log",
        help: "The log: local:DIR (embedded, one machine) or kafka://host:port,...", key: "log",
        commands: anyLog)
    package static let topicPrefix = Setting(
        "topic-prefix", kind: .name(0...200), valueName: "TEXT", default: "",
        help: "Stands before every topic's name, e.g. 'plant7.'", key: "topic-prefix",
        commands: anyLog)
    package static let kafka = Setting(
        "kafka", kind: .property,
        help: "A property of librdkafka; may be given again and again", key: "kafka",
        commands: anyLog)
    package static let state = Setting(
        "state", kind: .directory, default: "./state",
        help: "Directory of the tasks' files; can be rebuilt from the log", key: "state",
        commands: worker)
    package static let deployment = Setting(
        "deployment", kind: .name(1...100), default: "default",
        help: "Names the consumer group (holdfast.NAME) and the source of events",
        key: "deployment", commands: worker + [.verify])
    package static let instance = Setting(
        "instance", kind: .name(1...100),
        help: "Name of this worker (the pod's); gives static membership", key: "instance",
        commands: worker)
    package static let threads = Setting(
        "threads", kind: .integer(1...256, unit: "threads"), default: "1",
        help: "Stream threads; more than partitions are idle", key: "threads", commands: worker)
    package static let policy = Setting(
        "policy", kind: .file, help: "Policy file; without it the built-in policy holds",
        key: "policy", commands: worker)
    package static let commitInterval = Setting(
        "commit-interval", kind: .duration(1...4_999, multipleOf: 1), default: "100ms",
        help: "A batch commits so long after its first record; holds commit at once",
        key: "commit-interval", commands: worker)
    package static let drainTimeout = Setting(
        "drain-timeout", kind: .duration(1_000...600_000, multipleOf: 1), default: "20s",
        help: "After SIGTERM everything is committed and left within this time",
        key: "drain-timeout", commands: worker)
    package static let dedupeWindow = Setting(
        "dedupe-window", kind: .duration(hour...31 * day, multipleOf: hour), default: "24h",
        help: "How long an event's id is remembered; whole hours", key: "dedupe-window",
        commands: worker + [.topics, .verify])
    package static let rebuildState = Setting(
        "rebuild-state", kind: .boolean, default: "false",
        help: "Set foreign or newer state files aside and rebuild from the log", key: nil,
        commands: [.run])
    package static let partitions = Setting(
        "partitions", kind: .integer(1...10_000, unit: "partitions"),
        help: "Partitions of the topics that are made (default: topics/*.yaml)",
        key: "topics.partitions", commands: [.topics, .demo, .config])
    package static let replication = Setting(
        "replication", kind: .integer(1...9, unit: "replicas"),
        help: "Replicas of the topics that are made (default: topics/*.yaml)",
        key: "topics.replication", commands: [.topics, .demo, .config])

    package static let data = Setting(
        "data", kind: .directory,
        help: "Directory of event logs for the demo; without it, what is found or a sample",
        key: nil, commands: [.demo])
    package static let rate = Setting(
        "rate", kind: .integer(1...10_000_000, unit: "records/s"),
        help: "Write at most so many records a second", key: nil, commands: [.produce])
    package static let from = Setting(
        "from", kind: .text, valueName: "WHERE", default: "beginning",
        help: "beginning, end, an offset, a time (RFC 3339) or an age (15m, 2h)", key: nil,
        commands: [.tail])
    package static let partition = Setting(
        "partition", kind: .integer(0...9_999, unit: "partition"),
        help: "Only this partition", key: nil, commands: [.tail])
    package static let max = Setting(
        "max", kind: .integer(1...Int64.max, unit: "records"), help: "Stop after so many records",
        key: nil, commands: [.tail])
    package static let follow = Setting(
        "follow", short: "f", kind: .boolean, default: "false",
        help: "Wait for more at the end; stop with Ctrl-C", key: nil, commands: [.tail])
    package static let lot = Setting(
        "lot", kind: .text, valueName: "ID", help: "Only holds on this lot", key: nil,
        commands: [.holds])
    package static let subject = Setting(
        "subject", kind: .text, valueName: "TYPE/ID",
        help: "Only holds on TYPE/ID, e.g. equipment/PRESS-1", key: nil,
        commands: [.holds])

    package static let seed = Setting(
        "seed", kind: .integer(0...Int64.max, unit: "seed"), default: "1",
        help: "The first seed; without --seeds and --minutes, the only one", key: nil,
        commands: [.simulate])
    package static let seeds = Setting(
        "seeds", kind: .integer(1...Int64.max, unit: "seeds"),
        help: "Run so many seeds", key: nil, commands: [.simulate])
    package static let minutes = Setting(
        "minutes", kind: .integer(1...100_000, unit: "minutes"),
        help: "Run seeds for so long", key: nil, commands: [.simulate])
    package static let jobs = Setting(
        "jobs", kind: .integer(1...256, unit: "threads"), default: "2",
        help: "Threads that run seeds", key: nil, commands: [.simulate])
    package static let trace = Setting(
        "trace", kind: .boolean, default: "false",
        help: "Say step by step what happens", key: nil, commands: [.simulate])
    package static let canary = Setting(
        "canary", kind: .text, valueName: "NAME",
        help: "Plant this bug; the seeds must find it", key: nil, commands: [.simulate])
    package static let listCanaries = Setting(
        "list-canaries", kind: .boolean, default: "false",
        help: "Print the bugs that can be planted", key: nil, commands: [.simulate])
    package static let exhaustive = Setting(
        "exhaustive", kind: .boolean, default: "false",
        help: "Run every small case instead of seeds", key: nil, commands: [.simulate])

    package static let config = Setting(
        "config", short: "c", kind: .file,
        help: "Settings file (default: ./holdfast.yaml when it is there)", key: nil,
        commands: all)
    package static let output = Setting(
        "output", short: "o", kind: .choice(["human", "json"]), default: "human",
        help: "For people, or one JSON value a line", key: "output", commands: all)
    package static let color = Setting(
        "color", kind: .choice(["auto", "always", "never"]), default: "auto",
        help: "Colours: auto means on a terminal, unless NO_COLOR is set", key: "color",
        commands: all)
    package static let quiet = Setting(
        "quiet", short: "q", kind: .boolean, default: "false",
        help: "Results and errors only", key: "quiet", commands: all)
    package static let verbose = Setting(
        "verbose", short: "v", kind: .boolean, default: "false",
        help: "Say more about what is done", key: "verbose", commands: all)

    /// Every setting, in the order of help and docs.
    package static let table: [Setting] = [
        log, topicPrefix, kafka, state, deployment, instance, threads, policy, commitInterval,
        drainTimeout, dedupeWindow, rebuildState, partitions, replication, data, rate, from,
        partition, max, follow, lot, subject, seed, seeds, minutes, jobs, trace, canary,
        listCanaries, exhaustive, config, output, color, quiet, verbose,
    ]

    /// The settings that a subcommand takes as flags.
    package static func of(_ command: CommandName) -> [Setting] {
        table.filter { $0.commands.contains(command) }
    }

    /// The settings that holdfast.yaml and the environment may set.
    package static let configurable: [Setting] = table.filter { $0.key != nil }
}
