// The policy as a plain value. Configuration reads policy.yaml into it; its canonical text and the
// digest of that text stand in every batch record, so all of it is fixed when it is made.

package import EventModel

/// What a plant decides for itself: what holds what, what is a signal, how signals group.
package struct Policy: Equatable, Sendable {
    /// One row of `holds`: failures of this kind hold these subjects in this owner's name.
    package struct HoldRule: Equatable, Sendable {
        /// The kind of failure that the row is about.
        package let type: Trigger
        /// Nil: whatever the kind of limit (and for types that have none).
        package let limitKinds: [LimitKind]?
        /// The severities that hold; others do not.
        package let severities: [Severity]
        /// What is held.
        package let holds: [HoldTarget]
        /// In whose name; only this owner can release it.
        package let owner: String

        package init(
            type: Trigger, limitKinds: [LimitKind]? = nil, severities: [Severity],
            holds: [HoldTarget], owner: String
        ) {
            self.type = type
            self.limitKinds = limitKinds
            self.severities = severities
            self.holds = holds
            self.owner = owner
        }
    }

    /// How signals become groups (design rule 7). Durations in seconds.
    package struct Correlation: Equatable, Sendable {
        /// Sources whose `correlationid` names a cause; none by default (docs/events.md).
        package let trustedSources: [String]
        /// The order in which dimensions are tried; one that is absent is never used.
        package let dimensions: [Dimension]
        /// A member may lie so far outside of the group's first and last event times.
        package let gapSeconds: Int64
        /// From the first to the last event time of a group, at most.
        package let spanSeconds: Int64
        /// A group takes so many members; the next one opens another.
        package let membersMax: Int
        /// A group closes so long after the append time of its last member.
        package let groupRetentionSeconds: Int64

        package init(
            trustedSources: [String] = [],
            dimensions: [Dimension] = [.correlation, .gate, .failureMode, .parameter, .interlock],
            gapSeconds: Int64 = 1_800, spanSeconds: Int64 = 86_400, membersMax: Int = 10_000,
            groupRetentionSeconds: Int64 = 86_400
        ) {
            self.trustedSources = trustedSources
            self.dimensions = dimensions
            self.gapSeconds = gapSeconds
            self.spanSeconds = spanSeconds
            self.membersMax = membersMax
            self.groupRetentionSeconds = groupRetentionSeconds
        }
    }

    /// What intake may refuse.
    package struct Intake: Equatable, Sendable {
        /// Nil: `all`. Events of other sources are dead letters (unknownSource).
        package let acceptedSources: [String]?
        /// An event about a lot that nobody created is a dead letter (danglingReference).
        package let requireRegisteredLots: Bool

        package init(acceptedSources: [String]? = nil, requireRegisteredLots: Bool = false) {
            self.acceptedSources = acceptedSources
            self.requireRegisteredLots = requireRegisteredLots
        }
    }

    /// The version of the shape of policy.yaml.
    package static let version: Int64 = 1

    /// Which failures hold what; the first row that applies to a target names the owner.
    package let holds: [HoldRule]
    /// The severity of an event that has none.
    package let defaultSeverities: [Trigger: Severity]
    /// What counts towards a root cause, whatever its severity.
    package let signals: [Trigger]
    /// How signals become groups.
    package let correlation: Correlation
    /// What intake may refuse.
    package let intake: Intake
    /// All of the above, members sorted by name; arrays in the order they were given in.
    package let canonicalJSON: String
    /// SHA-256 of `canonicalJSON`, in hex.
    package let digest: String

    /// `acceptedSources` as bytes: asked for every record.
    private let acceptedSourceBytes: [[UInt8]]

    package init(
        holds: [HoldRule], defaultSeverities: [Trigger: Severity], signals: [Trigger],
        correlation: Correlation = Correlation(), intake: Intake = Intake()
    ) {
        self.holds = holds
        self.defaultSeverities = defaultSeverities
        self.signals = signals
        self.correlation = correlation
        self.intake = intake
        acceptedSourceBytes = (intake.acceptedSources ?? []).map { Array($0.utf8) }
        let text = Policy.canonicalJSON(
            holds: holds, defaultSeverities: defaultSeverities, signals: signals,
            correlation: correlation, intake: intake)
        canonicalJSON = text
        digest = Policy.digest(of: text)
    }

    /// Whether events of that source are taken at all. No allocation.
    package func accepts(source: ByteView) -> Bool {
        if intake.acceptedSources == nil { return true }
        for accepted in acceptedSourceBytes where accepted.count == source.count {
            if accepted.withUnsafeBytes({ $0.isSame(as: source) }) { return true }
        }
        return false
    }

    func isSignal(_ trigger: Trigger) -> Bool { signals.contains(trigger) }

    /// A missing severity that the policy does not name either counts as the worst (fail closed).
    func defaultSeverity(of trigger: Trigger) -> Severity {
        defaultSeverities[trigger] ?? .critical
    }

    /// In whose name such a failure holds such a subject: the first rule that says so, else nil.
    func owner(
        holding target: HoldTarget, because trigger: Trigger, severity: Severity,
        limitKind: LimitKind?
    ) -> String? {
        for rule in holds where rule.type == trigger && rule.severities.contains(severity) {
            if let kinds = rule.limitKinds {
                guard let limitKind, kinds.contains(limitKind) else { continue }
            }
            if rule.holds.contains(target) { return rule.owner }
        }
        return nil
    }
}
