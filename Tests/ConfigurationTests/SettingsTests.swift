// Precedence, unknown names, bounds of values, and what is never printed.

import EventModel
import Testing

@testable import Configuration

@Suite struct SettingsTests {
    private func resolve(
        file: String? = nil, environment: [String: String] = [:],
        flags: [(Setting, String)] = []
    ) throws(ConfigurationError) -> Settings {
        try SettingsResolver.resolve(
            flags: flags.map { SettingsResolver.Flag(setting: $0.0, text: $0.1) },
            environment: environment
        ) { _ in file.map { Array($0.utf8) } }
    }

    @Test func `each source outranks the one before it and is named as the origin`() throws {
        let file = "threads: 2\n"
        let variables = ["HOLDFAST_THREADS": "3"]
        let byDefault = try resolve()
        #expect(byDefault.integer(.threads) == 1)
        #expect(byDefault.resolved(.threads)?.origin == .builtIn)
        let byFile = try resolve(file: file)
        #expect(byFile.integer(.threads) == 2)
        #expect(byFile.resolved(.threads)?.origin == .file("holdfast.yaml:1:10"))
        let byVariable = try resolve(file: file, environment: variables)
        #expect(byVariable.integer(.threads) == 3)
        #expect(byVariable.resolved(.threads)?.origin == .environment("HOLDFAST_THREADS"))
        let byFlag = try resolve(
            file: file, environment: variables, flags: [(.threads, "4"), (.threads, "5")])
        #expect(byFlag.integer(.threads) == 5)
        #expect(byFlag.resolved(.threads)?.origin == .flag("--threads"))
    }

    @Test(arguments: [
        ("thraeds: 2", "unknown setting 'thraeds'", "Did you mean 'threads'?"),
        (
            "topics: {partition: 2}", "unknown setting 'topics.partition'",
            "Did you mean 'topics.partitions'?"
        ),
        ("threads: 0", "0 threads is out of range", "It must be from 1 to 256"),
        ("threads: two", "'two' is no whole number", "Write it in digits"),
        ("dedupe-window: 90m", "90m is no multiple of 1h", ""),
        ("commit-interval: 5s", "5s is out of range", "It must be from 1ms to 4999ms"),
        ("output: jsn", "'jsn' is none of human, json", "Did you mean 'json'?"),
        (
            "log: kafka://u:p@h:1", "user and password do not belong in the URL",
            "Set sasl.username and sasl.password under kafka: in holdfast.yaml"
        ),
        (
            "kafka: {acks: 1}", "the property 'acks' may not be set: transactions need all",
            "Remove it"
        ),
        (
            "deployment: plant 7", "'plant 7' is no name",
            "Use letters, digits, '.', '_' and '-', e.g. plant-7"
        ),
        ("instance: ''", "an empty name", "It must have from 1 to 100"),
        (
            "topic-prefix: a/b", "'a/b' is no name",
            "Use letters, digits, '.', '_' and '-', e.g. plant-7"
        ),
        ("- threads", "a list where a mapping of settings is expected", ""),
        ("rate: 5", "unknown setting 'rate'", "Did you mean 'state'?"),
    ])
    func `a wrong file is refused with its cause and the way out`(
        text: String, cause: String, wayOut: String
    ) {
        let error = #expect(throws: ConfigurationError.self) { try resolve(file: text) }
        #expect(error?.cause == cause)
        #expect(error?.wayOut == wayOut)
        #expect(error?.kind == .configuration)
        #expect(error?.place.hasPrefix("holdfast.yaml:1:") == true)
    }

    @Test func `an unknown variable is refused, those of Kubernetes are not ours`() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try resolve(environment: ["HOLDFAST_THREDS": "1"])
        }
        #expect(error?.wayOut == "Did you mean 'HOLDFAST_THREADS'?")
        _ = try resolve(environment: [
            "HOLDFAST_SERVICE_HOST": "10.0.0.1", "HOLDFAST_PORT_80_TCP": "x", "PATH": "/bin",
        ])
    }

    @Test(arguments: ["HOLDFAST_KAFKA", "HOLDFAST_KAFKA_"])
    func `a variable that names no property is told what one looks like`(name: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try resolve(environment: [name: "linger.ms=5"])
        }
        #expect(error?.cause == "no property of librdkafka is named")
        #expect(error?.wayOut == "Write for example HOLDFAST_KAFKA_CLIENT_RACK=a")
    }

    @Test func `properties of librdkafka come from all sources, secrets are masked`() throws {
        let settings = try resolve(
            file: "kafka:\n  sasl.username: me\n  client.rack: a\n",
            environment: ["HOLDFAST_KAFKA_SASL_PASSWORD": "geheim"],
            flags: [(.kafka, "client.rack=b=c")])
        #expect(
            settings.kafkaProperties == [
                "sasl.username": "me", "client.rack": "b=c", "sasl.password": "geheim",
            ])
        #expect(settings.shownKafka("sasl.password") == Settings.mask)
        #expect(settings.shownKafka("client.rack") == "b=c")
    }

    @Test(arguments: [
        "sasl.password", "ssl.key.password", "ssl.key.pem", "ssl.keystore.password",
        "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config",
    ])
    func `such a property is secret`(name: String) { #expect(KafkaProperties.isSecret(name)) }

    @Test func `a property that would break exactly-once is refused wherever it comes from`() {
        for refusal in KafkaProperties.refused {
            let variable =
                "HOLDFAST_KAFKA_" + refusal.name.uppercased().replacing(".", with: "_")
            #expect(throws: ConfigurationError.self) {
                try resolve(environment: [variable: "x"])
            }
            let error = #expect(throws: ConfigurationError.self) {
                try resolve(flags: [(.kafka, "\(refusal.name)=x")])
            }
            #expect(error?.cause.hasSuffix(refusal.reason) == true)
            #expect(error?.kind == .usage)
        }
    }

    @Test func `a malformed property does not repeat what may be a secret`() {
        let error = #expect(throws: ConfigurationError.self) {
            try resolve(flags: [(.kafka, "hunter2")])
        }
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `settings change the limits they are about`() throws {
        let limits = try resolve(
            file: "commit-interval: 50ms\ndrain-timeout: 5s\ndedupe-window: 2d"
        ).limits
        #expect(limits.commitIntervalMilliseconds == 50)
        #expect(limits.drainMillisecondsMax == 5_000)
        #expect(limits.dedupeWindowSeconds == 172_800)
    }

    @Test(arguments: [
        ("local:./x", LogURL.local(directory: "./x")),
        ("kafka://a", .kafka(servers: ["a:9092"])),
        ("kafka://a:1,b:2", .kafka(servers: ["a:1", "b:2"])),
        ("kafka://[::1]:9", .kafka(servers: ["[::1]:9"])),
    ])
    func `a log URL is read`(text: String, url: LogURL) throws {
        #expect(try LogURL(text) == url)
    }

    @Test(arguments: ["", "local:", "kafka://", "kafka://a:0", "kafka://a,,b", "kafka://:9", "a:9"])
    func `a text that is no log URL is refused`(text: String) {
        #expect(throws: LogURL.Fault.self) { try LogURL(text) }
    }

    @Test func `names, letters, keys and variables in the table are each unique`() {
        let table = Setting.table
        #expect(Set(table.map(\.name)).count == table.count)
        #expect(Set(table.compactMap(\.key)).count == table.compactMap(\.key).count)
        #expect(Set(table.compactMap(\.short)).count == table.compactMap(\.short).count)
    }

    @Test(arguments: [
        ("threads", "threads", 0), ("thraeds", "threads", 1), ("", "abc", 3), ("abc", "abd", 1),
        ("kitten", "sitting", 3),
    ])
    func `the distance of names counts edits`(left: String, right: String, distance: Int) {
        #expect(NearestName.distance(left, right) == distance)
    }
}
