// The model's groups (rule 7): each signal gives exactly one of deviationRaised and -Updated, and
// exactly one of alertRaised and -Suppressed.

import EventModel

extension ModelTask {
    /// Decides one record of holdfast.signals, by what its cause made due.
    func apply(_ signal: ExpectedSignal, appendTime: Int64, now: Int64) {
        let cause = signal.cause
        guard signal.kind == .signal else {
            let equipment = EvidenceSubject(type: "equipment", id: signal.key)
            return hold(
                cause, equipment, id: nil, owner: "quality", rule: signal.rule, now: now,
                [("severity", .text(signal.severity)), ("rootCauseKey", .text(signal.root))])
        }
        if let place = openGroup(of: signal, appendTime: appendTime) {
            join(place, signal, appendTime)
        } else {
            found(signal, appendTime)
        }
    }

    /// Index of the oldest open group that the signal may join; it marks those it finds closed.
    private func openGroup(of signal: ExpectedSignal, appendTime: Int64) -> Int? {
        let at = signal.cause.at
        let count = groups[signal.key]?.count ?? 0
        for index in 0..<count {
            guard let group = groups[signal.key]?[index], !group.isClosed else { continue }
            if appendTime - group.joined > rules.groupRetentionSeconds * 1_000_000 {
                groups[signal.key]?[index].isClosed = true
                continue
            }
            let gap = rules.gapSeconds * 1_000_000
            let span = max(group.last, at) - min(group.first, at)
            if group.members < rules.membersMax, at >= group.first - gap, at <= group.last + gap,
                span <= rules.spanSeconds * 1_000_000
            {
                return index
            }
        }
        return nil
    }

    /// Groups that are forgotten once the signals were read up to `timersTo`: they never reopen.
    /// Ends that were asked before a group began say nothing of it (rule 7), so only new ones
    /// count.
    func forgetGroups(timersTo: Int64) {
        guard timersTo > forgottenTo else { return }
        forgottenTo = timersTo
        let retention = rules.groupRetentionSeconds * 1_000_000
        guard joinedFloor < timersTo - retention else { return }
        for key in groups.keys {
            guard let old = groups[key] else { continue }
            let kept = old.filter { $0.joined + retention >= timersTo }
            if kept.count != old.count { groups[key] = kept.isEmpty ? nil : kept }
        }
    }

    private func output(
        _ kind: OutboundKind, _ signal: ExpectedSignal,
        _ members: [(name: StaticString, value: ExpectedValue)]
    ) -> ExpectedOutput {
        ExpectedOutput(
            kind, key: signal.key, subject: EvidenceSubject(type: "rootCause", id: signal.key),
            rule: "group", cause: signal.cause, members)
    }

    private func found(_ signal: ExpectedSignal, _ appendTime: Int64) {
        let raised = output(.deviationRaised, signal, [])
        raised.members = [
            ("deviationId", .text(raised.id)), ("rootCauseKey", .text(signal.key)),
            ("severity", .text(signal.severity)),
        ]
        emit(raised)
        let alert = raise(signal, deviation: raised.id, escalates: nil)
        let at = signal.cause.at
        joinedFloor = min(joinedFloor, appendTime)
        groups[signal.key, default: []].append(
            Group(
                first: at, last: at, lots: [signal.cause.key], severity: signal.severity,
                deviation: raised.id, alert: alert, leader: signal.cause, joined: appendTime))
    }

    private func raise(
        _ signal: ExpectedSignal, deviation: String, escalates: String?
    ) -> String {
        let alert = output(.alertRaised, signal, [])
        alert.members = [
            ("alertId", .text(alert.id)), ("deviationId", .text(deviation)),
            ("severity", .text(signal.severity)),
            ("escalates", escalates.map { .text($0) } ?? .absent),
        ]
        emit(alert)
        return alert.id
    }

    private func join(_ place: Int, _ signal: ExpectedSignal, _ appendTime: Int64) {
        guard var group = groups[signal.key]?[place] else { return }
        let cause = signal.cause
        group.first = min(group.first, cause.at)
        group.last = max(group.last, cause.at)
        group.members += 1
        group.lots.insert(cause.key)
        group.joined = appendTime
        // The broker's clock may have gone back.
        joinedFloor = min(joinedFloor, appendTime)
        let isLouder =
            Self.severities[signal.severity] ?? 2 > Self.severities[group.severity] ?? 2
        if isLouder { group.severity = signal.severity }
        emit(
            output(
                .deviationUpdated, signal,
                [
                    ("deviationId", .text(group.deviation)),
                    ("member", .name(source: cause.source, id: cause.id)),
                    ("memberCount", .number(group.members)), ("severity", .text(group.severity)),
                    ("affectedLots", .number(group.lots.count)),
                ]))
        if isLouder {
            group.alert = raise(signal, deviation: group.deviation, escalates: group.alert)
            group.leader = cause
        } else {
            emit(
                output(
                    .alertSuppressed, signal,
                    [
                        ("alertId", .text(group.alert)), ("deviationId", .text(group.deviation)),
                        ("leader", .name(source: group.leader.source, id: group.leader.id)),
                        ("why.memberCount", .number(group.members)),
                    ]))
        }
        groups[signal.key]?[place] = group
    }
}
