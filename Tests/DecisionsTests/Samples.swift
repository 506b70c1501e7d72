// Events of the catalogue in a line each, with what a test varies as arguments.

import EventModel

enum Sample {
    static func created(_ lot: String = "L-1", minute: Int64 = 0) -> TestEvent {
        TestEvent(
            type: .lotCreatedV1, id: "created-\(lot)", key: lot, data: #"{"lotId":"\#(lot)"}"#,
            minute: minute)
    }

    static func step(
        _ type: EventType = .stepStartedV1, _ id: String = "start", lot: String = "L-1",
        minute: Int64 = 0
    ) -> TestEvent {
        TestEvent(
            type: type, id: id, key: lot,
            data: """
                {"lotId":"\(lot)","stepId":"S-1","operation":"compress","equipmentId":"press-3",\
                "operatorId":"op-7"}
                """, minute: minute)
    }

    static func failed(
        _ id: String = "fail", lot: String = "L-1", severity: String = "critical",
        mode: String = "lowYield", minute: Int64 = 0, appendMinute: Int64? = nil
    ) -> TestEvent {
        TestEvent(
            type: .stepFailedV1, id: id, key: lot,
            data: """
                {"lotId":"\(lot)","stepId":"S-1","operation":"compress","equipmentId":"press-3",\
                "operatorId":"op-7","severity":"\(severity)","failureMode":"\(mode)",\
                "parameter":"yield","value":71.50,"unit":"%","lowerLimit":"80.0",\
                "evidence":[{"uri":"s3://e/1"}]}
                """, minute: minute, appendMinute: appendMinute)
    }

    static func limit(
        _ id: String = "limit", kind: String = "OOS", severity: String = "critical",
        minute: Int64 = 0
    ) -> TestEvent {
        TestEvent(
            type: .limitExceededV1, id: id, key: "L-1",
            data: """
                {"lotId":"L-1","equipmentId":"press-3","parameter":"force","value":12.50,\
                "unit":"kN","limitKind":"\(kind)","severity":"\(severity)","lowerLimit":1,\
                "upperLimit":10.0}
                """, minute: minute)
    }

    static func misScan(_ id: String = "scan", severity: String? = nil) -> TestEvent {
        let more = severity.map { #","severity":"\#($0)""# } ?? ""
        return TestEvent(
            type: .misScanDetectedV1, id: id, key: "L-1",
            data: """
                {"lotId":"L-1","stepId":"S-1","expected":"M-1","scanned":"M-2","operatorId":"o"\
                \(more)}
                """)
    }

    static func interlock(
        _ id: String = "lock", lot: String = "L-1", severity: String? = nil
    ) -> TestEvent {
        let more = severity.map { #","severity":"\#($0)""# } ?? ""
        return TestEvent(
            type: .interlockViolatedV1, id: id, key: lot,
            data: """
                {"lotId":"\(lot)","equipmentId":"press 3","interlock":"guard/door",\
                "operatorId":"o"\(more)}
                """)
    }

    static func request(
        _ holdId: String = "H-1", type: String = "lot", subject: String = "L-1",
        owner: String = "qa", id: String? = nil, minute: Int64 = 0
    ) -> TestEvent {
        TestEvent(
            type: .holdRequestedV1, id: id ?? "request-\(holdId)", key: subject,
            data: """
                {"holdId":"\(holdId)","subject":{"type":"\(type)","id":"\(subject)"},\
                "reason":{"code":"audit","text":"to be looked at"},"owner":"\(owner)"}
                """, source: "/qms", minute: minute)
    }

    static func release(
        _ holdId: String = "H-1", type: String = "lot", subject: String = "L-1",
        owner: String = "qa", id: String? = nil, minute: Int64 = 0
    ) -> TestEvent {
        TestEvent(
            type: .holdReleaseApprovedV1, id: id ?? "release-\(holdId)", key: subject,
            data: """
                {"holdId":"\(holdId)","subject":{"type":"\(type)","id":"\(subject)"},\
                "owner":"\(owner)","approver":"q-1","meaning":"released",\
                "signedAt":"2026-01-05T07:00:00Z"}
                """, source: "/qms", minute: minute)
    }

    static func disposition(_ id: String = "disposition") -> TestEvent {
        TestEvent(
            type: .dispositionDecidedV1, id: id, key: "L-1",
            data: """
                {"lotId":"L-1","decision":"accepted","decidedBy":"q-1","meaning":"approved",\
                "signedAt":"2026-01-05T07:00:00Z"}
                """, source: "/qms")
    }

    static func change(
        _ change: String = "C-1", id: String = "approve", due: Int64, minute: Int64 = 0,
        initiatedBy: String = "a"
    ) -> TestEvent {
        TestEvent(
            type: .changeApprovedV1, id: id, key: change,
            data: """
                {"changeId":"\(change)","effectiveFrom":"\(World.at(due).text)",\
                "scope":{"documents":["D-1"]},"approvedBy":"b","initiatedBy":"\(initiatedBy)"}
                """, source: "/qms", minute: minute)
    }

    static func cancel(
        _ change: String = "C-1", id: String = "cancel", minute: Int64
    ) -> TestEvent {
        TestEvent(
            type: .changeCancelledV1, id: id, key: change,
            data: #"{"changeId":"\#(change)","reason":"no"}"#, source: "/qms", minute: minute)
    }

    static func document(
        _ type: EventType, id: String = "document", due: Int64, minute: Int64 = 0
    ) -> TestEvent {
        let member = type == .documentRetiredV1 ? "retiredFrom" : "effectiveFrom"
        return TestEvent(
            type: type, id: id, key: "D-1",
            data: """
                {"documentId":"D-1","version":"2","\(member)":"\(World.at(due).text)",\
                "supersedes":"1","qmsRecordId":"Q-9"}
                """, source: "/qms", minute: minute)
    }
}
