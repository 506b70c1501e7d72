// Registers lots and moves their gates. A gate follows its lot's hold set and nothing else: one
// function compares the two after everything a record did, so a record moves a gate at most once.

import Digests
import EventModel

extension TaskState {
    /// An accepted mes.execution event named the lot: it is known from now on and has a gate row.
    mutating func register(
        lot id: String, origin: Origin, now: Instant, into effects: inout Effects
    ) {
        var lot = lots[id] ?? Lot(id: id)
        if !lot.isRegistered {
            lot.isRegistered = true
            lots[id] = lot
            effects.put(lot.row)
        }
        settleGate(of: id, origin: origin, now: now, into: &effects)
    }

    /// Brings the gate to what the hold set says, and writes its row if that is news.
    mutating func settleGate(
        of id: String, origin: Origin, now: Instant, into effects: inout Effects
    ) {
        let subject = Subject(type: "lot", id: id)
        let isOpen = holds[subject.key]?.isFree ?? true
        var lot = lots[id] ?? Lot(id: id)
        if lot.gate?.isOpen == isOpen { return }
        // A first row that is open lets nobody wait and stops nobody: no commit for its sake.
        if lot.gate != nil || !isOpen { effects.requestCommit() }
        let since = Instant(milliseconds: now.milliseconds)
        lot.gate = Gate(isOpen: isOpen, since: since)
        lots[id] = lot
        effects.put(lot.row)
        let reasons = holds[subject.key]?.gateReasons(max: limits.listedHoldsMax) ?? []
        effects.emit(
            .gateChangedV1, origin, rule: "gate.lot", subject: subject, key: subject.text,
            .gateChanged(subject: subject, isOpen: isOpen, reasons: reasons, since: since))
    }
}
