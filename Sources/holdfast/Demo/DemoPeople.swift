// What does not come from the plant's data: quality's decisions, a start through a closed gate, a
// resend, a record cut in half. Minutes are after the first critical failure.

import EventModel

/// The part of the demo's script that people play.
struct DemoPeople {
    /// The failure that holds the first lot.
    let first: DemoStep
    let runID: String
    /// In real time, how long after its approval the change is due; nil in fast time.
    let changeDueSeconds: Int64?

    /// In order of time.
    var steps: [DemoStep] {
        let lot = first.key
        let change = "CHG-\(runID)"
        let sample = "SAMPLE-\(runID)"
        let closed = DemoStep.Cue.gateClosed(lot: lot)
        var resend = step(
            5, .mesExecution, lot, first.value, "the MES sends the same failure again")
        resend.isResend = true
        return [
            resend,
            step(
                10, .mesExecution, lot, #"{"specversion":"1.0","id":"broken","type":"mes.stepFai"#,
                "a gateway cuts a record in half"),
            step(
                15, .mesExecution, lot, bypass(lot),
                "an operator starts a rework step on lot \(lot) all the same", cue: closed),
            step(
                20, .qmsQuality, change, approval(change),
                "QA approves change \(change), effective in \(due)"
            ),
            step(
                30, .qmsQuality, sample, request(sample),
                "QA holds lot \(sample), which nobody has made yet"),
            step(
                45, .qmsQuality, sample, wrongRelease(sample),
                "somebody else than its owner wants to release that hold",
                cue: .gateClosed(lot: sample)),
            step(
                60, .mesExecution, sample, creation(sample),
                "now lot \(sample) is made: held already"),
            step(
                80, .qmsQuality, lot, disposition(lot),
                "somebody wants to accept lot \(lot) while it is held", cue: closed),
        ]
    }

    private var due: String { changeDueSeconds.map { "\($0) seconds" } ?? "45 minutes" }

    private func step(
        _ minutes: Int64, _ topic: Topic, _ key: String, _ value: String, _ note: String,
        cue: DemoStep.Cue = .none
    ) -> DemoStep {
        DemoStep(
            at: first.at.advanced(seconds: minutes * 60), topic: topic, key: key, value: value,
            note: note, cue: cue)
    }

    private func event(
        _ type: String, _ id: String, from source: String, about subject: String, _ data: String
    ) -> String {
        #"{"specversion":"1.0","id":"\#(runID)/\#(id)","source":"\#(source)","type":"\#(type)","#
            + #""subject":"\#(subject)","time":"{{now}}","datacontenttype":"application/json","#
            + #""data":\#(data)}"#
    }

    private func bypass(_ lot: String) -> String {
        event(
            "mes.stepStarted.v1", "bypass", from: "/mes/demo", about: "lot/\(lot)",
            #"{"lotId":"\#(lot)","stepId":"\#(lot)/rework","operation":"rework","#
                + #""equipmentId":"rework-1","operatorId":"op-night"}"#)
    }

    private func approval(_ change: String) -> String {
        event(
            "qms.changeApproved.v1", "change", from: "/qms/demo", about: "change/\(change)",
            #"{"changeId":"\#(change)","effectiveFrom":"{{now+\#(changeDueSeconds ?? 2700)}}","#
                + #""scope":{"specifications":["SPEC-REACTOR-FEED"]},"#
                + #""approvedBy":"qa.lead","initiatedBy":"process.engineer"}"#)
    }

    private func request(_ lot: String) -> String {
        event(
            "qms.holdRequested.v1", "hold-request", from: "/qms/demo", about: "lot/\(lot)",
            #"{"holdId":"H-\#(runID)","subject":{"type":"lot","id":"\#(lot)"},"#
                + #""reason":{"code":"supplierNotice","text":"supplier reports a mix-up"},"#
                + #""owner":"supplier-quality"}"#)
    }

    private func wrongRelease(_ lot: String) -> String {
        event(
            "qms.holdReleaseApproved.v1", "wrong-release", from: "/qms/demo", about: "lot/\(lot)",
            #"{"holdId":"H-\#(runID)","subject":{"type":"lot","id":"\#(lot)"},"owner":"quality","#
                + #""approver":"shift.lead","meaning":"we need the lot","signedAt":"{{now}}"}"#)
    }

    private func creation(_ lot: String) -> String {
        event(
            "mes.lotCreated.v1", "sample-lot", from: "/mes/demo", about: "lot/\(lot)",
            #"{"lotId":"\#(lot)","materialId":"retained-sample"}"#)
    }

    private func disposition(_ lot: String) -> String {
        event(
            "qms.dispositionDecided.v1", "disposition-1", from: "/qms/demo", about: "lot/\(lot)",
            #"{"lotId":"\#(lot)","decision":"accepted","decidedBy":"qa.lead","#
                + #""meaning":"released for shipment","signedAt":"{{now}}"}"#)
    }
}
