// Reads an event log (NDJSON of topic, key, value) into steps. In real time, ids are made new for each
// run, because the same events sent again would rightly be dropped as duplicates.

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
        var text = value.bytes.text
        if !isFast {
            text = text.replacingFirst(#""time":"\#(timeText)""#, with: #""time":"{{now}}""#)
            text = text.replacingFirst(#""id":"\#(id)""#, with: #""id":"\#(runID)/\#(id)""#)
        }
        return DemoStep(at: time, topic: topic, key: key, value: text, note: nil)
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
