// Deciding: intake's verdicts, dedupe, decisions, timers in their place.

import Contracts
import Decisions
import EventLog
import EventModel
import Store

extension TaskCore {
    /// Decides everything in hand, until `mustClose`. `open` opens a batch when the first record
    /// needs one.
    func decideAvailable(
        desk: Intake, monotonic: Int64, notify: (WorkerSignal) -> Void, open: () -> Void
    ) throws(WorkerError) {
        while !mustClose {
            takeRecords(into: desk, monotonic: monotonic, open: open)
            guard desk.count > 0 else { return }
            desk.readAll(touching: &windows)
            // All of them are given back, also when one of them ends the worker.
            for record in desk.records { finished.append(record) }
            for slot in 0..<desk.count {
                try decide(slot: slot, of: desk, notify: notify)
            }
        }
    }

    private func decide(slot: Int, of desk: Intake, notify: (WorkerSignal) -> Void)
        throws(WorkerError)
    {
        let record = desk.records[slot]
        fireTimers(before: record.appendTime)
        if case .signals = record.topic {
            try decideSignal(record, desk: desk, notify: notify)
            return
        }
        windows.advance(record.topic, to: record.appendTime)
        if let rejection = desk.refusal(slot) {
            refuse(record, rejection, notify: notify)
            return
        }
        let event = desk.event(slot)
        if let rejection = admission(of: event.pointee) {
            refuse(record, rejection, notify: notify)
            return
        }
        switch windows.see(record.topic, event.pointee) {
        case .firstSeen:
            batch!.counts.accepted += 1
            state.apply(event.pointee, now: batch!.now, into: &effects)
            takeEffects()
        case .duplicate:
            batch!.counts.duplicates += 1
        case .conflict:
            let rejection = Rejection(
                .identityConflict,
                "source and id of this event were seen with other content: "
                    + event.pointee.id.text)
            refuse(record, rejection, notify: notify)
        }
    }

    /// What only the policy and the state can say about an event that is well formed.
    private func admission(of event: InboundEvent) -> Rejection? {
        if !policy.accepts(source: event.source) {
            return Rejection(
                .unknownSource, "the policy does not accept source \(event.source.text)")
        }
        if policy.intake.requireRegisteredLots, let lot = event.lotReference,
            !state.isRegistered(lot: lot)
        {
            return Rejection(
                .danglingReference, "nobody has created lot \(lot.text)")
        }
        return nil
    }

    private func decideSignal(
        _ record: LogRecord, desk: Intake, notify: (WorkerSignal) -> Void
    ) throws(WorkerError) {
        let now = batch!.now
        switch desk.parseSignal(record.value) {
        case .failure(let rejection):
            refuse(record, rejection, notify: notify)
        case .success(let view):
            do {
                try state.apply(
                    signal: view, offset: record.offset, appendTime: record.appendTime, now: now,
                    into: &effects)
                batch!.counts.accepted += 1
                takeEffects()
            } catch .newerVersion(let key, let version) {
                throw WorkerError.newer(
                    "signal \(key) at offset \(record.offset.rawValue)", version: version)
            } catch {
                effects.reset()
                refuse(
                    record, Rejection(.contractViolated, "no signal of ours: \(error)"),
                    notify: notify)
            }
        }
    }

    private func refuse(
        _ record: LogRecord, _ rejection: Rejection, notify: (WorkerSignal) -> Void
    ) {
        batch!.addDeadLetter(record, rejection, task: partition, layout: layout)
        notify(
            .recordRefused(
                TopicPartition(record.topic, record.partition), record.offset,
                reason: rejection.reason.rawValue, detail: rejection.detail))
    }

    private func takeEffects() {
        guard effects.hasAny() else { return }
        batch!.take(&effects, encoder: &encoder, layout: layout)
    }

    /// Fires the timers of this batch that stand before a record of that append time; at equality
    /// the record goes first (rule 1).
    func fireTimers(before appendTime: Instant) {
        let until = batch!.timersTo
        while state.hasTimer(before: appendTime, notAfter: until) { fireNext() }
    }

    /// Fires all timers of this batch that are left.
    func fireRemainingTimers() {
        while let due = state.nextTimer, due <= batch!.timersTo { fireNext() }
    }

    private func fireNext() {
        state.fireNextTimer(now: batch!.now, into: &effects)
        batch!.counts.timers += 1
        takeEffects()
    }
}

extension WorkerError {
    /// A newer worker has written this: the partition is surrendered by name.
    static func newer(_ what: String, version: Int64) -> WorkerError {
        WorkerError(
            kind: .newerVersion,
            message: "\(what) has version \(version), which this worker "
                + "(\(Product.version)) cannot read",
            hint: "A newer worker shares this deployment: upgrade this one.")
    }
}
