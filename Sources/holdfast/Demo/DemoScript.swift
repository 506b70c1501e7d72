// The demo's story: a shift of plant data, and what quality does meanwhile. The data is a real alarm
// flood where it is at hand (an event log as NDJSON), else the sample of DemoSample.

import Contracts
import EventModel

/// The steps of a shift, in order of time.
struct DemoScript {
    let steps: [DemoStep]
    let start: Instant
    let end: Instant
    /// What the data is, for the first lines.
    let title: String
    /// The lot whose holds QA releases, and when.
    let releasedLot: String
    let releaseAt: Instant

    /// Eight hours of the data, from the hour in which the first lot will be held.
    static func make(lines: [UInt8], title: String, runID: String, isFast: Bool) throws(JSONError)
        -> DemoScript?
    {
        let shift = try DemoShift.read(lines, runID: runID, isFast: isFast)
        guard let first = shift.firstCritical else { return nil }
        let begin = Instant(rawValue: first.at.rawValue / 3_600_000_000 * 3_600_000_000)
        let end = begin.advanced(seconds: 8 * 3600)
        var steps = shift.steps.filter { $0.at >= begin && $0.at < end }
        let lot = first.key
        let releaseAt = first.at.advanced(seconds: 100 * 60)
        steps += story(
            start: begin, first: first, lot: lot, releaseAt: releaseAt, runID: runID,
            isFast: isFast)
        steps.sort { $0.at < $1.at }
        return DemoScript(
            steps: steps, start: begin, end: end, title: title, releasedLot: lot,
            releaseAt: releaseAt)
    }

    /// What does not come from the plant's data: quality's decisions, a resend, a bad record.
    private static func story(
        start: Instant, first: DemoStep, lot: String, releaseAt: Instant, runID: String,
        isFast: Bool
    ) -> [DemoStep] {
        let change = "CHG-\(runID)-014"
        let later = "SAMPLE-\(runID)"
        func event(_ type: String, _ id: String, _ subject: String, _ data: String) -> String {
            #"{"specversion":"1.0","id":"\#(runID)/\#(id)","source":"/qms/demo","type":"\#(type)","#
                + #""subject":"\#(subject)","time":"{{now}}","datacontenttype":"application/json","#
                + #""data":\#(data)}"#
        }
        let effectiveIn = isFast ? 2700 : 10
        return [
            DemoStep(
                at: first.at.advanced(seconds: 300), topic: .mesExecution, key: first.key,
                value: first.value, note: "the MES sends the same failure again (same source and id)"),
            DemoStep(
                at: first.at.advanced(seconds: 600), topic: .mesExecution, key: lot,
                value: #"{"specversion":"1.0","id":"broken","type":"mes.stepFai"#,
                note: "a gateway cuts a record in half"),
            DemoStep(
                at: first.at.advanced(seconds: 1200), topic: .qmsQuality, key: change,
                value: event(
                    "qms.changeApproved.v1", "change", "change/\(change)",
                    #"{"changeId":"\#(change)","effectiveFrom":"{{now+\#(effectiveIn)}}","#
                        + #""scope":{"specifications":["SPEC-REACTOR-FEED"]},"#
                        + #""approvedBy":"qa.lead","initiatedBy":"process.engineer"}"#),
                note: "quality approves change \(change), effective "
                    + (isFast ? "45 minutes later" : "10 seconds later")),
            DemoStep(
                at: first.at.advanced(seconds: 1800), topic: .qmsQuality, key: later,
                value: event(
                    "qms.holdRequested.v1", "hold-request", "lot/\(later)",
                    #"{"holdId":"H-\#(runID)","subject":{"type":"lot","id":"\#(later)"},"#
                        + #""reason":{"code":"supplierNotice","text":"supplier reports a mix-up"},"#
                        + #""owner":"supplier-quality"}"#),
                note: "quality holds lot \(later), which nobody has made yet"),
            DemoStep(
                at: releaseAt.advanced(seconds: -1200), topic: .qmsQuality, key: lot,
                value: event(
                    "qms.dispositionDecided.v1", "disposition-1", "lot/\(lot)",
                    #"{"lotId":"\#(lot)","decision":"accepted","decidedBy":"qa.lead","#
                        + #""meaning":"released for shipment","signedAt":"{{now}}"}"#),
                note: "somebody tries to accept lot \(lot) while it is held"),
        ]
    }
}
