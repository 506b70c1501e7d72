// One thing that happens in a case.

import EventModel

/// A record to produce.
struct CaseEvent: Sendable {
    let name: String
    let topic: Topic
    let key: String
    let value: String

    /// Milliseconds between two events, and the instant of the first.
    static let intervalMilliseconds: Int64 = 10
    static let start = Instant(milliseconds: 1_767_592_800_000)

    private static func event(_ type: String, _ id: String, _ data: String) -> String {
        #"{"specversion":"1.0","id":"\#(id)","source":"/plant","type":"\#(type)","#
            + #""time":"2026-01-05T05:59:00Z","data":\#(data)}"#
    }

    static func failure(_ id: String, lot: String, severity: String) -> CaseEvent {
        CaseEvent(
            name: "failure \(id) \(severity) of \(lot)", topic: .mesExecution, key: lot,
            value: event(
                "mes.stepFailed.v1", id,
                #"{"lotId":"\#(lot)","stepId":"s","operation":"o","equipmentId":"p-\#(lot)","#
                    + #""operatorId":"u","severity":"\#(severity)","failureMode":"jam"}"#))
    }

    static func lotCreated(_ lot: String) -> CaseEvent {
        CaseEvent(
            name: "created \(lot)", topic: .mesExecution, key: lot,
            value: event("mes.lotCreated.v1", "created-\(lot)", #"{"lotId":"\#(lot)"}"#))
    }

    static func holdRequested(_ hold: String, lot: String) -> CaseEvent {
        CaseEvent(
            name: "hold \(hold) on \(lot)", topic: .qmsQuality, key: lot,
            value: event(
                "qms.holdRequested.v1", "request-\(hold)",
                #"{"holdId":"\#(hold)","subject":{"type":"lot","id":"\#(lot)"},"#
                    + #""reason":{"code":"x","text":"y"},"owner":"micro"}"#))
    }

    static func releaseApproved(_ hold: String, lot: String) -> CaseEvent {
        CaseEvent(
            name: "release \(hold) on \(lot)", topic: .qmsQuality, key: lot,
            value: event(
                "qms.holdReleaseApproved.v1", "release-\(hold)",
                #"{"holdId":"\#(hold)","subject":{"type":"lot","id":"\#(lot)"},"#
                    + #""owner":"micro","approver":"z","meaning":"m","#
                    + #""signedAt":"2026-01-05T07:00:00Z"}"#))
    }

    static func changeApproved(_ change: String, after milliseconds: Int64) -> CaseEvent {
        let from = Instant(milliseconds: start.milliseconds + milliseconds)
        return CaseEvent(
            name: "change \(change) from \(milliseconds) ms", topic: .qmsQuality, key: change,
            value: event(
                "qms.changeApproved.v1", "approve-\(change)",
                #"{"changeId":"\#(change)","effectiveFrom":"\#(from.text)","#
                    + #""scope":{"recipes":["R"]},"approvedBy":"a","initiatedBy":"b"}"#))
    }

    static func changeCancelled(_ change: String) -> CaseEvent {
        CaseEvent(
            name: "cancel \(change)", topic: .qmsQuality, key: change,
            value: event(
                "qms.changeCancelled.v1", "cancel-\(change)",
                #"{"changeId":"\#(change)","reason":"no"}"#))
    }
}
