// What a checker says when a run is not what it should be.

/// Which promise was broken.
package enum Check: String, CaseIterable, Sendable {
    /// A record of ours that cannot be read at all.
    case unreadable
    /// Each effect of each accepted input stands in the output once; nothing else does.
    case exactlyOnce
    /// An event says what its cause and the state at that point made of it.
    case content
    /// Events of a key in the order of the decisions; a hold before its deviation.
    case order
    /// Hold sets as an independent model has them.
    case holdSets
    /// The gate table as a reader of the compacted topic has it.
    case gates
    /// Changes and documents at or after their instant, once, not when cancelled in time.
    case timers
    /// suppressed + raised = members.
    case members
    /// What one task asks of another.
    case signals
    /// Sequence, epoch and hash chain of the batch records; `now` and `timersTo` never go back.
    case chain
    /// No offset range missing or overlapping in the batch records.
    case ranges
    /// Refused offsets and counts of the batch records.
    case refusals
    case counts
    /// Every refused record whole in the dead letters, once, with its reason.
    case deadLetters
    /// State from the changelog equals state on disk.
    case state
    /// The head says what the batch records say.
    case head
    /// The dedupe window equals a rescan.
    case dedupe
}

/// One difference, for a person.
package struct Finding: Equatable, Sendable, CustomStringConvertible {
    package let check: Check
    /// Where: a topic-partition with its offset, or a worker's disk.
    package let place: String
    /// One English sentence.
    package let text: String

    package var description: String { "\(check.rawValue) at \(place): \(text)" }
}

/// Collects findings. One broken promise may show in thousands of places: the first are enough.
struct Findings {
    static let most = 200
    private(set) var all: [Finding] = []

    mutating func add(_ check: Check, _ place: @autoclosure () -> String, _ text: String) {
        guard all.count < Self.most else { return }
        all.append(Finding(check: check, place: place(), text: text))
    }
}
