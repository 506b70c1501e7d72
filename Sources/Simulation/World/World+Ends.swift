// Design rule 2, from outside: when timers up to T have fired, everything that was readable before
// T has been decided. Only a world whose clocks all agree can tell; there the brokers' append time
// of an input is the true time at which it became readable.

import EventLog
import EventModel

extension World {
    private var clocksAgree: Bool {
        options.clockJumps == 0 && !options.drift && options.leaderChanges == 0
    }

    /// Names every input that a timer did not wait for.
    func checkEnds(_ evidence: RunEvidence) {
        guard clocksAgree else { return }
        for task in 0..<options.partitions { checkEnds(of: task, evidence) }
    }

    private func checkEnds(of task: Int32, _ evidence: RunEvidence) {
        var timersTo: Int64 = 0
        for record in evidence.partition(.audit, task).records {
            guard let note = BatchNote(record), note.timersTo > timersTo else { continue }
            timersTo = note.timersTo
            for range in note.ranges where range.topic != .signals && !range.isLost {
                let inputs = evidence.partition(range.topic, task).records
                let unread = inputs.first {
                    $0.offset.rawValue >= range.to && $0.appendTime.rawValue < timersTo
                }
                guard let unread else { continue }
                find(
                    "\(note.place): timers up to \(Instant(rawValue: timersTo).text) fired before "
                        + "\(Checkers.place(unread)) was read, appended at "
                        + unread.appendTime.text)
            }
        }
    }
}
