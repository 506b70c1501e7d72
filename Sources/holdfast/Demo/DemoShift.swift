// Reads an event log (NDJSON of topic, key, value) into steps. In real time several runs share a
// log, so events, lots and equipment get names of their own: the same events sent again would
// rightly be dropped as duplicates, and lots of the run before are held already.

import Contracts
import EventModel

/// The steps of an event log.
struct DemoShift {
    var steps: [DemoStep] = []
    /// The first event that is bound to hold its lot.
    var firstCritical: DemoStep?

    static func read(_ lines: [UInt8], runID: String, isFast: Bool) throws(JSONError) -> DemoShift {
        var shift = DemoShift()
        var parser = JSONParser(limits: Limits())
        for line in lines.split(separator: 0x0a) {
            let step = try line.withUnsafeBytesTyped { bytes throws(JSONError) in
                try Self.step(parser.parse(bytes), runID: runID, isFast: isFast)
            }
            guard let step else { continue }
            if shift.firstCritical == nil, step.value.contains(#""limitKind":"OOS""#),
                step.value.contains(#""severity":"critical""#)
            {
                shift.firstCritical = step
            }
            shift.steps.append(step)
        }
        return shift
    }

    private static func step(_ view: JSONView, runID: String, isFast: Bool) -> DemoStep? {
        guard let name = view.text("topic"), let topic = Topic(name: name),
            let key = view.text("key"), let value = view.member("value"),
            let timeText = value.text("time"), let time = Instant(rfc3339: timeText),
            let id = value.text("id")
        else { return nil }
        guard !isFast else {
            return DemoStep(at: time, topic: topic, key: key, value: value.bytes.text, note: nil)
        }
        let mark = "-" + runID.suffix(6)
        var text = value.bytes.text.replacing(key, with: key + mark)
        text = text.replacingFirst(#""time":"\#(timeText)""#, with: #""time":"{{now}}""#)
        text = text.replacingFirst(#""id":"\#(id)""#, with: #""id":"\#(runID)/\#(id)""#)
        if let equipment = value.member("data")?.text("equipmentId") {
            let member = #""equipmentId":""# + equipment
            text = text.replacingFirst(member + "\"", with: member + mark + "\"")
        }
        return DemoStep(at: time, topic: topic, key: key + mark, value: text, note: nil)
    }
}

extension ArraySlice<UInt8> {
    /// `withUnsafeBytes` with the error's type kept.
    func withUnsafeBytesTyped<Result, Failure: Error>(
        _ body: (ByteView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let outcome: Swift.Result<Result, Failure> = withUnsafeBytes { bytes in
            do throws(Failure) { return .success(try body(bytes)) } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }
}

extension String {
    /// This text with the first occurrence of another replaced.
    func replacingFirst(_ part: String, with other: String) -> String {
        guard let range = firstRange(of: part) else { return self }
        return String(self[..<range.lowerBound]) + other + self[range.upperBound...]
    }
}
