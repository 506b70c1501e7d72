// The sample that the demo makes where no plant data is at hand: one line, a lot an hour, a dosing valve
// that begins to stick at minute 20.

import EventModel

/// A made-up shift in the same form as the data sets.
enum DemoSample {
    static let title = "a made-up shift of a filling line (no plant data found)"

    /// NDJSON of topic, key, value.
    static func lines() -> [UInt8] {
        let start = Instant(rfc3339: "2026-01-12T06:00:00Z")!
        var text = ""
        var number = 0
        func add(_ minute: Int, lot: String, _ type: String, _ data: String) {
            number += 1
            let time = start.advanced(seconds: Int64(minute) * 60).text
            text +=
                #"{"topic":"mes.execution","key":"\#(lot)","value":{"specversion":"1.0","#
                + #""id":"sample/\#(number)","source":"/mes/sample","type":"\#(type)","#
                + #""subject":"lot/\#(lot)","time":"\#(time)","#
                + #""datacontenttype":"application/json","data":{"lotId":"\#(lot)",\#(data)}}}"#
                + "\n"
        }
        for hour in 0..<8 {
            let lot = "fill-h\(hour + 1)"
            add(hour * 60, lot: lot, "mes.lotCreated.v1", #""materialId":"saline-10ml""#)
            for (index, operation) in ["weighing", "filling", "stoppering", "inspection"].enumerated() {
                let step =
                    #""stepId":"\#(lot)/\#(operation)","operation":"\#(operation)","#
                    + #""equipmentId":"line-1-\#(operation)","operatorId":"op-\#(hour % 3)""#
                add(hour * 60 + index * 14 + 1, lot: lot, "mes.stepStarted.v1", step)
                for tick in 0..<(operation == "filling" ? 4 : 1) where hour > 0 || index > 0 {
                    let grade = (hour + tick) % 4 == 1 ? "critical" : tick == 0 ? "minor" : "major"
                    let kind = grade == "minor" ? "OOT" : "OOS"
                    add(
                        hour * 60 + index * 14 + 3 + tick * 2, lot: lot, "mes.limitExceeded.v1",
                        #""equipmentId":"line-1-filling","parameter":"fillVolume","value":10.\#(tick + 4),"#
                            + #""unit":"mL","limitKind":"\#(kind)","severity":"\#(grade)","#
                            + #""upperLimit":10.3,"operatorId":"op-\#(hour % 3)""#)
                }
                add(hour * 60 + index * 14 + 13, lot: lot, "mes.stepCompleted.v1", step)
            }
        }
        return Array(text.utf8)
    }
}
