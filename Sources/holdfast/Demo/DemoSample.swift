// The sample that the demo makes where no plant data is at hand: one filling line, a lot an hour, a
// dosing valve that begins to stick. The MES asks the gate: what is held is not taken further.

import EventModel

/// A made-up shift in the same form as the data sets.
struct DemoSample {
    static let title = "a made-up shift of a filling line (no plant data found)"

    private static let start = Instant(rfc3339: "2026-01-12T06:00:00Z")!
    private static let operations = ["weighing", "filling", "stoppering", "inspection"]
    private var text = ""
    private var number = 0

    /// NDJSON of topic, key, value.
    static func lines() -> [UInt8] {
        var sample = DemoSample()
        for hour in 0..<8 { sample.addLot(hour) }
        return Array(sample.text.utf8)
    }

    /// A lot and its steps, up to the one that holds it.
    private mutating func addLot(_ hour: Int) {
        add(hour, minute: 0, "mes.lotCreated.v1", #""materialId":"saline-10ml""#)
        for (index, operation) in Self.operations.enumerated() {
            let begin = index * 14 + 1
            add(hour, minute: begin, "mes.stepStarted.v1", step(hour, operation))
            let isHeld =
                switch operation {
                case "filling": addFilling(hour, from: begin + 2)
                case "stoppering": addStoppering(hour, from: begin + 5)
                case "inspection": addInspection(hour, from: begin + 5)
                default: false
                }
            guard !isHeld else { return }
            add(hour, minute: begin + 13, "mes.stepCompleted.v1", step(hour, operation))
        }
    }

    /// Fill volumes out of limits; answers whether one of them holds the lot.
    private mutating func addFilling(_ hour: Int, from minute: Int) -> Bool {
        let severities: [[String]] = [
            ["minor", "critical", "major", "major"],
            ["minor", "major", "major", "major", "minor", "major", "major"],
            ["minor", "minor"], ["major", "minor", "major"], ["minor", "major"],
            ["major", "major", "minor", "major", "major", "major", "minor", "major", "major"],
            ["major", "critical", "major"], ["minor"],
        ]
        for (tick, severity) in severities[hour].enumerated() {
            let kind = severity == "minor" ? "OOT" : "OOS"
            add(
                hour, minute: minute + tick, "mes.limitExceeded.v1",
                step(hour, "filling")
                    + #","parameter":"fillVolume","value":10.\#(tick + 4),"unit":"mL","#
                    + #""limitKind":"\#(kind)","severity":"\#(severity)","upperLimit":10.3"#)
        }
        guard hour == 4 else { return severities[hour].contains("critical") }
        add(
            hour, minute: minute + 4, "mes.interlockViolated.v1",
            step(hour, "filling") + #","interlock":"guardOpen","severity":"critical""#)
        return true
    }

    private mutating func addStoppering(_ hour: Int, from minute: Int) -> Bool {
        guard hour == 2 else { return false }
        add(
            hour, minute: minute, "mes.stepFailed.v1",
            step(hour, "stoppering") + #","severity":"critical","failureMode":"stopperMissing""#)
        return true
    }

    private mutating func addInspection(_ hour: Int, from minute: Int) -> Bool {
        guard hour == 3 else { return false }
        add(
            hour, minute: minute, "mes.misScanDetected.v1",
            step(hour, "inspection") + #","expected":"fill-h4","scanned":"fill-h3""#)
        return false
    }

    private func step(_ hour: Int, _ operation: String) -> String {
        #""stepId":"fill-h\#(hour + 1)/\#(operation)","operation":"\#(operation)","#
            + #""equipmentId":"line-1-\#(operation)","operatorId":"op-\#(hour % 3)""#
    }

    private mutating func add(_ hour: Int, minute: Int, _ type: String, _ data: String) {
        number += 1
        let lot = "fill-h\(hour + 1)"
        let time = Self.start.advanced(seconds: Int64(hour * 60 + minute) * 60).text
        text +=
            #"{"topic":"mes.execution","key":"\#(lot)","value":{"specversion":"1.0","#
            + #""id":"sample/\#(number)","source":"/mes/sample","type":"\#(type)","#
            + #""subject":"lot/\#(lot)","time":"\#(time)","datacontenttype":"application/json","#
            + #""data":{"lotId":"\#(lot)",\#(data)}}}"# + "\n"
    }
}
