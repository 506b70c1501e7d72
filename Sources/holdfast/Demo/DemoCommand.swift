// `holdfast demo`: a shift of plant data goes through the whole product, line by line.

import Configuration
import Contracts
import Decisions
import EventLog
import EventModel
import Glibc
import Synchronization
import Worker

/// Runs the demo on the log that the settings name.
enum DemoCommand {
    /// Where the data sets stand beside a checkout; the first that can be read is taken.
    private static let dataSets = ["tep-d01_te.ndjson"]
    private static let fastSpeed: Int64 = 1800

    static func run(_ call: Invocation) throws(CommandError) {
        let isFast: Bool
        switch call.settings.log {
        case .local: isFast = true
        case .kafka: isFast = false
        }
        let runID = "demo" + String(call.environment.random() % 46_656, radix: 36)
        let script = try script(call, runID: runID, isFast: isFast)
        let clock = DemoClock(
            shiftStart: script.start, speed: fastSpeed, isFast: isFast,
            environment: call.environment)
        try DemoRun(call: call, script: script, clock: clock, runID: runID).run()
    }

    private static func script(_ call: Invocation, runID: String, isFast: Bool)
        throws(CommandError) -> DemoScript
    {
        let directories = [call.settings.text(.data), "../shared/data"].compactMap { $0 }
        var found: (bytes: [UInt8], title: String)?
        for directory in directories where found == nil {
            for name in dataSets where found == nil {
                found = InputFile.bytes("\(directory)/\(name)").map {
                    ($0, "a shift of the Tennessee Eastman plant with fault 1 (\(name))")
                }
            }
        }
        let (bytes, title) = found ?? (DemoSample.lines(), DemoSample.title)
        do throws(JSONError) {
            guard
                let script = try DemoScript.make(
                    lines: bytes, title: title, runID: runID, isFast: isFast)
            else {
                throw CommandError(
                    .data, title, "holds no critical failure",
                    wayOut: "Name another directory of event logs with --data")
            }
            return script
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.data, title, "is no event log: \(error)", wayOut: "")
        }
    }
}
