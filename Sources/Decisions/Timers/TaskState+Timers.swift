// Arms and fires. The shell decides when a timer may fire (design rules 2 and 3); here is only what
// it then comes to, and the one case that needs no waiting.

package import EventModel

extension TaskState {
    /// The earliest armed instant. O(1).
    package var nextTimer: Instant? { timers.nextDue }

    /// Whether a timer is armed before `limit`, and not after `until`. Asked for every record,
    /// hence mutating, in form only: a getter that another module calls is handed a copy of the
    /// whole state first, one retain for each table (docs/performance.md).
    package mutating func hasTimer(before limit: Instant, notAfter until: Instant) -> Bool {
        guard let due = timers.nextDue?.rawValue else { return false }
        return due < limit.rawValue && due <= until.rawValue
    }

    /// Fires the earliest timer; one must be armed.
    ///
    /// - Parameter now: the `now` of the batch; kept in state, never in what is emitted.
    package mutating func fireNextTimer(now: Instant, into effects: inout Effects) {
        effects.beginRecord()
        let timer = timers.removeNext()
        effects.put(RowChange(key: timer.key, value: nil))
        fire(timer, now: now, into: &effects)
    }

    /// Arms the timer, or fires it right after the record when its instant is not later than the
    /// record's append time.
    mutating func arm(
        _ timer: Timer, appendedAt: Instant, now: Instant, into effects: inout Effects
    ) {
        if timer.due <= appendedAt {
            fire(timer, now: now, into: &effects)
        } else {
            timers.arm(timer)
            effects.put(timer.row)
        }
    }

    private mutating func fire(_ timer: Timer, now: Instant, into effects: inout Effects) {
        switch timer.action {
        case .change(let changeId, let scope, let approvedBy, _):
            let change = EffectiveChange(
                changeId: changeId, effectiveFrom: timer.origin.time, cause: timer.origin.cause,
                at: Instant(milliseconds: now.milliseconds))
            effectiveChanges[ByteKey(changeId)] = change
            effects.put(change.row)
            effects.emit(
                .changeEffectiveV1, timer.origin, rule: "change",
                subject: Subject(type: "change", id: changeId), key: changeId,
                .changeEffective(
                    changeId: changeId, effectiveFrom: timer.origin.time, scope: scope,
                    approvedBy: approvedBy))
        case .document(let document):
            let subject = Subject(type: "document", id: document.documentId)
            effects.emit(
                document.isRetirement ? .documentRetiredOutV1 : .documentEffectiveV1,
                timer.origin, rule: "document", subject: subject, key: document.documentId,
                document.payload)
        }
    }
}

extension Timer.Document {
    fileprivate var payload: Payload {
        if isRetirement {
            .documentRetired(
                documentId: documentId, version: version, supersedes: supersedes,
                guideId: guideId, qmsRecordId: qmsRecordId)
        } else {
            .documentEffective(
                documentId: documentId, version: version, supersedes: supersedes,
                guideId: guideId, qmsRecordId: qmsRecordId)
        }
    }
}
