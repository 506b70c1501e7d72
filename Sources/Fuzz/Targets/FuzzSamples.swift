// A small shift that touches every table of a task: lots, holds, a gate passed by, timers, a change
// cancelled, a group with members. Bases of files are made of it, and policies are tried on it.

import EventModel

/// Events by hand.
enum FuzzSamples {
    /// The shift in the format of `InputRecord`.
    static let shift: [UInt8] = {
        var text = ""
        for (index, event) in events.enumerated() {
            if index > 0 { text += "\u{1e}" }
            text += "\(event.topic) \(event.key)\n\n"
            text += #"{"specversion":"1.0","id":"s-\#(index)","source":"/\#(event.topic)","#
            text += #""type":"\#(event.type)","time":"2026-01-05T06:00:\#(10 + index)Z","#
            text += #""data":\#(event.data)}"#
        }
        return Array(text.utf8)
    }()

    private struct Event {
        var topic: String
        var key: String
        var type: String
        var data: String
    }

    private static func mes(_ type: String, _ lot: String, _ more: String) -> Event {
        Event(
            topic: "mes.execution", key: lot, type: "mes.\(type).v1",
            data: #"{"lotId":"\#(lot)"\#(more)}"#)
    }

    private static func qms(_ type: String, _ key: String, _ data: String) -> Event {
        Event(topic: "qms.quality", key: key, type: "qms.\(type).v1", data: data)
    }

    private static let step =
        #","stepId":"s","operation":"press","equipmentId":"p-1","#
        + #""operatorId":"o-1""#

    private static let events: [Event] = [
        mes("lotCreated", "L-1", #","batchId":"B-1","orderId":"O-1","materialId":"M-1""#),
        mes("stepStarted", "L-1", step),
        mes("stepFailed", "L-1", step + #","severity":"critical","failureMode":"jam""#),
        mes("stepFailed", "L-2", step + #","severity":"minor","failureMode":"jam""#),
        mes("stepStarted", "L-1", step),
        qms(
            "holdRequested", "L-3",
            #"{"holdId":"h-1","subject":{"type":"lot","id":"L-3"},"#
                + #""reason":{"code":"audit","text":"x"},"owner":"quality"}"#),
        qms(
            "changeApproved", "C-1",
            #"{"changeId":"C-1","effectiveFrom":"2026-01-06T06:00:00Z","#
                + #""scope":{"documents":["S-1"]},"approvedBy":"a","initiatedBy":"b"}"#),
        qms(
            "documentApproved", "S-1",
            #"{"documentId":"S-1","version":"2","effectiveFrom":"2026-01-05T05:00:00Z"}"#),
    ]
}
