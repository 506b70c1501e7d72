// The topics, in the order of docs/design.md's table: the raw value is the row, and the row breaks
// ties between records of equal append time (design rule 1).

/// A topic of the contract. The raw value is its row in the table of topics.
package enum Topic: UInt8, CaseIterable, Sendable, Comparable {
    case mesExecution, qmsQuality, masterData, signals, state, holds, deviations, alerts, changes
    case gates, deadLetters, audit

    /// The name without the deployment's `--topic-prefix`.
    package var name: String {
        switch self {
        case .mesExecution: "mes.execution"
        case .qmsQuality: "qms.quality"
        case .masterData: "master.data"
        case .signals: "holdfast.signals"
        case .state: "holdfast.state"
        case .holds: "holdfast.holds"
        case .deviations: "holdfast.deviations"
        case .alerts: "holdfast.alerts"
        case .changes: "holdfast.changes"
        case .gates: "holdfast.gates"
        case .deadLetters: "holdfast.dead-letters"
        case .audit: "holdfast.audit"
        }
    }

    /// The topic of that name (without prefix), if it is one of ours.
    package init?(name: String) {
        guard let topic = Topic.allCases.first(where: { $0.name == name }) else { return nil }
        self = topic
    }

    /// What a task reads: its input partitions, in the order of their rows. master.data exists but
    /// is not read in the first edition.
    package static let inputs: [Topic] = [.mesExecution, .qmsQuality, .signals]

    /// The topic the consumer group subscribes to; the other inputs are its companions.
    package static let lead: Topic = .mesExecution

    /// The six topics that must have the same partition count (docs/design.md, Topics).
    package static let copartitioned: [Topic] = [
        .mesExecution, .qmsQuality, .masterData, .signals, .state, .audit,
    ]

    package static func < (left: Topic, right: Topic) -> Bool { left.rawValue < right.rawValue }
}

/// A partition number, which is also the number of the task that owns it.
package struct Partition: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) {
        precondition(rawValue >= 0, "a partition is never negative")
        self.rawValue = rawValue
    }
    package init(_ rawValue: Int32) { self.init(rawValue: rawValue) }
    package static func < (left: Partition, right: Partition) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A record's place in its partition; 'no offset yet' is nil.
package struct Offset: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: Int64
    package init(rawValue: Int64) {
        precondition(rawValue >= 0, "an offset is never negative; 'no offset yet' is nil")
        self.rawValue = rawValue
    }
    package init(_ rawValue: Int64) { self.init(rawValue: rawValue) }
    package static func < (left: Offset, right: Offset) -> Bool { left.rawValue < right.rawValue }
    /// The offset after this one.
    package var next: Offset { Offset(rawValue + 1) }
}

/// One partition of one topic.
package struct TopicPartition: Hashable, Comparable, Sendable {
    package let topic: Topic
    package let partition: Partition
    package init(_ topic: Topic, _ partition: Partition) {
        self.topic = topic
        self.partition = partition
    }
    package static func < (left: TopicPartition, right: TopicPartition) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }
}
