// `name=value` words. A script is the caller: a word that is missing is the script's defect.

import Decisions
import EventModel
import KafkaLog

/// What a measurement was asked to do.
struct BenchArguments {
    private var values: [String: String] = [:]

    /// Nil when a word is not `name=value`.
    init?(_ words: ArraySlice<String>) {
        for word in words {
            guard let equals = word.firstIndex(of: "=") else { return nil }
            values[String(word[..<equals])] = String(word[word.index(after: equals)...])
        }
    }

    func text(_ name: String) -> String {
        guard let value = values[name] else { Main.stop("\(name)= is missing") }
        return value
    }

    func text(_ name: String, default missing: String) -> String { values[name] ?? missing }

    /// A file to write, where one is asked for.
    func path(_ name: String) -> String? { values[name] }

    func integer(_ name: String, default missing: Int? = nil) -> Int {
        if let value = values[name].flatMap({ Int($0) }) { return value }
        guard let missing else { Main.stop("\(name)= is missing or no number") }
        return missing
    }

    /// The default policy; with `rules=N`, so many rules stand before its own, each of them looked
    /// at for a failed step and none of them about it.
    var policy: Policy {
        let count = integer("rules", default: 0)
        guard count > 0 else { return .standard }
        let others = (0..<count).map { number in
            Policy.HoldRule(
                type: .stepFailed, limitKinds: [.OOT], severities: [.minor, .major, .critical],
                holds: [.lot], owner: "department-\(number)")
        }
        return Policy(
            holds: others + Policy.standard.holds,
            defaultSeverities: Policy.standard.defaultSeverities, signals: Policy.standard.signals)
    }

    var isLocal: Bool { values["local"] != nil }

    /// `kafka.NAME=VALUE`: properties of librdkafka to try.
    private var tried: [String: String] {
        var found: [String: String] = [:]
        for (name, value) in values where name.hasPrefix("kafka.") {
            found[String(name.dropFirst(6))] = value
        }
        return found
    }

    /// The cluster, under a name of this measurement's own.
    func kafka(_ properties: [String: String] = [:]) -> KafkaConfiguration {
        KafkaConfiguration(
            bootstrap: text("bootstrap"), deployment: "bench", instance: "bench",
            topicPrefix: text("prefix", default: ""), properties: properties.merging(tried) { $1 })
    }
}
