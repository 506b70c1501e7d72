// The demo's script: a shift of plant data, and what people do meanwhile. The data is a real alarm
// flood where it is at hand (an event log as NDJSON), else the sample of DemoSample.

import Contracts
import EventModel

/// The steps of a shift, in order of time.
struct DemoScript {
    static let hours: Int64 = 8

    /// What the plant sends.
    let plant: [DemoStep]
    /// What people and machines do besides, in order; each waits for its cue.
    let people: [DemoStep]
    let start: Instant
    let end: Instant
    /// What the data is, for the first lines.
    let title: String
    /// The first failure that holds its lot.
    let first: DemoStep
    /// The lot whose holds QA releases, and when.
    let releasedLot: String
    let releaseAt: Instant

    /// Eight hours of the data, from the hour in which the first lot will be held.
    /// `changeDueSeconds` is given in real time only.
    static func make(
        lines: [UInt8], title: String, runID: String, changeDueSeconds: Int64? = nil
    ) throws(JSONError) -> DemoScript? {
        let isFast = changeDueSeconds == nil
        let shift = try DemoShift.read(lines, runID: runID, isFast: isFast)
        guard let first = shift.firstCritical else { return nil }
        let begin = Instant(rawValue: first.at.rawValue / 3_600_000_000 * 3_600_000_000)
        let end = begin.advanced(seconds: hours * 3600)
        let plant = shift.steps.filter { $0.at >= begin && $0.at < end }
        return DemoScript(
            plant: plant.sorted { $0.at < $1.at },
            people: DemoPeople(first: first, runID: runID, changeDueSeconds: changeDueSeconds)
                .steps,
            start: begin, end: end, title: title, first: first, releasedLot: first.key,
            releaseAt: first.at.advanced(seconds: 100 * 60))
    }
}
