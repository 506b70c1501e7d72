// The comparison of topics with their contract, without a log: pure, so that each fault can be
// tested.

package import Configuration
package import EventLog
package import EventModel

/// What differs between the log's topics and the contract.
package struct TopicComparison {
    /// One thing that is wrong.
    package struct Problem: Equatable {
        package let topic: Topic
        package let text: String
        /// `topics apply` can repair it.
        package let isRepairable: Bool
        /// A worker on such topics would not keep its promises: `run` refuses them.
        package let stopsWorker: Bool
    }

    package let found: [Topic: TopicDescription]
    package private(set) var problems: [Problem] = []
    /// Settings to correct, by topic.
    package private(set) var corrections: [Topic: [String: String]] = [:]
    private let partitionsAsked: Int32?

    /// - Parameters:
    ///   - partitions: the count that `--partitions` asks for, if it does.
    ///   - dedupeWindowMilliseconds: inputs and audit must be kept at least so long.
    package init(
        contracts: [TopicContract], found: [Topic: TopicDescription], partitions: Int32?,
        dedupeWindowMilliseconds: Int64
    ) {
        self.found = found
        partitionsAsked = partitions
        for contract in contracts {
            guard let topic = found[contract.topic] else {
                add(contract.topic, "missing", isRepairable: true)
                continue
            }
            comparePartitions(contract, topic)
            compareSettings(contract, topic, window: dedupeWindowMilliseconds)
        }
    }

    /// The count that a topic is to be made with: the option, else that of the co-partitioned
    /// topics which exist already, else the contract's.
    package func wantedPartitions(of contract: TopicContract) -> Int32 {
        if Topic.copartitioned.contains(contract.topic), let existing = found[.lead]?.partitions {
            return existing
        }
        return partitionsAsked ?? contract.partitions
    }

    private mutating func add(
        _ topic: Topic, _ text: String, isRepairable: Bool, stopsWorker: Bool = true
    ) {
        problems.append(
            Problem(
                topic: topic, text: text, isRepairable: isRepairable, stopsWorker: stopsWorker))
    }

    private mutating func comparePartitions(_ contract: TopicContract, _ topic: TopicDescription) {
        let isCopartitioned = Topic.copartitioned.contains(contract.topic)
        if isCopartitioned, let lead = found[.lead], lead.partitions != topic.partitions {
            add(
                contract.topic,
                "\(topic.partitions) partitions, but \(Topic.lead.name) has \(lead.partitions): "
                    + "they must be equal", isRepairable: false)
        } else if let wanted = partitionsAsked, wanted != topic.partitions {
            add(
                contract.topic, "\(topic.partitions) partitions instead of \(wanted)",
                isRepairable: false)
        }
    }

    private mutating func compareSettings(
        _ contract: TopicContract, _ topic: TopicDescription, window: Int64
    ) {
        let wanted = contract.kafkaSettings
        for name in wanted.keys.sorted() {
            guard let want = wanted[name], let have = topic.settings[name] else { continue }
            if name == "retention.ms" {
                compareRetention(contract, have: have, want: want, window: window)
            } else if !Self.isSame(name, have, want) {
                add(
                    contract.topic, "\(name) is \(have), not \(want)", isRepairable: true,
                    stopsWorker: Self.needed.contains(name))
                corrections[contract.topic, default: [:]][name] = want
            }
        }
    }

    /// How long a plant keeps its records is its own decision, as long as dedupe can be rebuilt.
    private mutating func compareRetention(
        _ contract: TopicContract, have: String, want: String, window: Int64
    ) {
        let isNeeded = Topic.inputs.contains(contract.topic) || contract.topic == .audit
        guard isNeeded, let value = Int64(have), value >= 0, value < window else { return }
        let text = SettingValue.text(ofMilliseconds: window)
        add(
            contract.topic,
            "retention.ms is \(have), shorter than the dedupe window of \(text)",
            isRepairable: true)
        let contracted = Int64(want) ?? -1
        let enough = contracted >= 0 && contracted < window ? String(window) : want
        corrections[contract.topic, default: [:]]["retention.ms"] = enough
    }

    /// Settings without which state, order or time would be wrong. With shorter tombstones a state
    /// file of some days would roll forward over removals that it never sees.
    private static let needed = ["cleanup.policy", "message.timestamp.type", "delete.retention.ms"]

    private static func isSame(_ name: String, _ have: String, _ want: String) -> Bool {
        if name == "cleanup.policy" {
            return Set(have.split(separator: ",")) == Set(want.split(separator: ","))
        }
        // A larger record limit than ours harms nobody, nor do tombstones that stay longer.
        if name == "max.message.bytes" || name == "delete.retention.ms", let have = Int64(have),
            let want = Int64(want)
        {
            return have >= want
        }
        return have == want
    }
}
