// Records for the demo's narrator, as the worker writes them, cut down to what is read.

import Configuration
import EventLog
import EventModel

@testable import holdfast

/// A narrator whose page is a text.
final class Teller {
    private let log = FakeLog()
    private let settings: Settings
    private let terminal: Terminal
    private let output: Output
    let narrator: DemoNarrator

    private final class Output {
        var bytes: [UInt8] = []
    }

    init(isJSON: Bool = false) throws(ConfigurationError) {
        settings = try SettingsResolver.resolve(flags: [], environment: [:]) { _ in nil }
        let output = Output()
        self.output = output
        terminal = Terminal(
            sink: { _, bytes in
                output.bytes.append(contentsOf: bytes)
                return true
            },
            outputIsTerminal: false, errorIsTerminal: false, isColored: false, isQuiet: false)
        narrator = DemoNarrator(page: DemoPage(terminal: terminal, isFast: true, isJSON: isJSON))
    }

    var text: String {
        terminal.flush()
        return String(decoding: output.bytes, as: UTF8.self)
    }

    /// Tells of one record, read from a log as the demo reads it.
    func tell(_ topic: Topic, _ value: String, headers: [(name: String, value: [UInt8])] = []) {
        log.records = [
            FakeRecord(
                topic: topic, key: "k", value: value, headers: headers,
                appendTime: Instant(rfc3339: "2026-01-12T06:20:00Z")!)
        ]
        var records: ContiguousArray<LogRecord> = []
        var events: [LogEvent] = []
        do throws(LogError) {
            let reader = try log.reader(settings)
            try reader.assign([(TopicPartition(topic, Partition(0)), Offset(0))])
            try reader.poll(records: &records, events: &events, max: 9, timeoutMilliseconds: 0)
            for record in records {
                narrator.tell(record)
                reader.release(record)
            }
        } catch { preconditionFailure("the fake log does not fail") }
    }

    /// A shift with everything in it that the narrator tells.
    func tellShift() {
        tell(.gates, Self.gate("open"))
        tell(.holds, Self.hold("h1", cause: "e-1", why: "T1 = 99 Cel is OOS on press", open: 1))
        tell(.gates, Self.gate("closed"))
        tell(.deviations, Self.deviation("Raised", cause: "e-1", "critical"))
        tell(.alerts, Self.alert(cause: "e-1", escalates: false))
        tell(.holds, Self.hold("h2", cause: "e-2", why: "T1 = 98 Cel is OOS on press", open: 2))
        tell(.alerts, Self.alert(cause: "e-3", escalates: true))
        tell(.deviations, Self.deviation("Raised", cause: "e-3", "minor"))
        tell(
            .holds,
            Self.hold("h3", cause: "e-4", why: "started", open: 3, rule: "hold.gateBypassed"))
        tell(.deviations, Self.deviation("Updated", cause: "e-4", "critical"))
        tell(.alerts, Self.alert(cause: "e-4", escalates: true))
        for number in 5..<16 {
            tell(.deviations, Self.deviation("Updated", cause: "e-\(number)", "critical"))
            tell(.alerts, Self.suppressed(cause: "e-\(number)", leader: "e-1"))
        }
        narrator.closeHour(1, at: Instant(rfc3339: "2026-01-12T07:00:00Z")!)
        narrator.closeHour(2, at: Instant(rfc3339: "2026-01-12T08:00:00Z")!)
        narrator.announce("QA looks", at: Instant(rfc3339: "2026-01-12T08:01:00Z")!)
        tell(
            .holds, Self.event("holdReleaseRefused", Self.lot + #","holdId":"h1","why":"notOwner""#)
        )
        let decision = #""lotId":"L-1","decision":"accepted","decidedBy":"qa""#
        tell(.holds, Self.event("dispositionRefused", decision + #","blockers":["h1","h2"]"#))
        tell(
            .holds,
            Self.event(
                "holdReleased",
                Self.lot + #","holdId":"h1","approver":"qa","openHoldCount":0,"openHolds":[]"#))
        tell(.gates, Self.gate("open"))
        tell(.holds, Self.event("dispositionRecorded", decision))
        tell(
            .changes,
            Self.event("changeEffective", #""changeId":"CHG-1","approvedBy":"qa.lead""#))
        tell(
            .deadLetters, "{broken",
            headers: [
                ("hf_reason", Array("malformedJson".utf8)), ("hf_detail", Array("an end".utf8)),
            ])
        tell(
            .audit,
            #"{"counts":{"accepted":4,"duplicates":2,"refused":1,"signals":1},"v":1}"#)
    }

    private static let lot = #""subject":{"type":"lot","id":"L-1"}"#

    static func event(_ name: String, cause: String = "e-0", _ data: String) -> String {
        #"{"specversion":"1.0","id":"x","source":"/holdfast/default","#
            + #""type":"holdfast.\#(name).v1","subject":"rootCause/equipment/press/parameter/T1","#
            + #""time":"2026-01-12T06:19:00Z","data":{"cause":{"id":"\#(cause)"},\#(data)}}"#
    }

    static func hold(
        _ id: String, cause: String, why: String, open: Int, rule: String = "hold.stepFailed"
    ) -> String {
        event(
            "holdApplied", cause: cause,
            #""rule":{"id":"\#(rule)"},"holdId":"\#(id)",\#(lot),"reason":{"text":"\#(why)"},"#
                + #""severity":"critical","owner":"quality","openHoldCount":\#(open)"#)
    }

    static func gate(_ state: String) -> String {
        event("gateChanged", lot + #","state":"\#(state)""#)
    }

    private static func deviation(_ kind: String, cause: String, _ severity: String) -> String {
        event("deviation\(kind)", cause: cause, #""severity":"\#(severity)","memberCount":2"#)
    }

    private static func alert(cause: String, escalates: Bool) -> String {
        event(
            "alertRaised", cause: cause,
            #""severity":"critical","summary":"stepFailed critical on press""#
                + (escalates ? #","escalates":"a0""# : ""))
    }

    private static func suppressed(cause: String, leader: String) -> String {
        event(
            "alertSuppressed", cause: cause,
            #""leader":{"id":"\#(leader)"},"why":{"memberCount":3}"#)
    }
}
