// `holdfast demo`: a shift of plant data goes through the whole product, line by line.

import Configuration
import Contracts
import EventModel

/// Runs the demo on the log that the settings name.
enum DemoCommand {
    /// Where the data sets stand beside a checkout; the first that can be read is taken.
    private static let dataSets = ["tep-d01_te.ndjson"]

    /// How fast it goes; tests have less time than people.
    struct Pace {
        /// Plant seconds in a second.
        var speed: Int64 = 1200
        /// In real time, how long after its approval the change is due.
        var changeDueSeconds: Int64 = 10
    }

    static func run(_ call: Invocation, pace: Pace = Pace()) throws(CommandError) {
        let runID = "demo-" + String(call.environment.random() % 2_176_782_336, radix: 36)
        let place = try DemoPlace(call, runID: runID)
        let script = try script(
            call, runID: runID, changeDueSeconds: place.isFast ? nil : pace.changeDueSeconds)
        let clock = DemoClock(
            shiftStart: script.start, speed: pace.speed, isFast: place.isFast,
            environment: call.environment)
        var call = call
        call.settings = place.settings
        try DemoRun(call: call, place: place, script: script, clock: clock, runID: runID).run()
    }

    private static func script(_ call: Invocation, runID: String, changeDueSeconds: Int64?)
        throws(CommandError) -> DemoScript
    {
        let directories = [call.settings.text(.data), "../shared/data"].compactMap { $0 }
        var found: (bytes: [UInt8], title: String)?
        for directory in directories where found == nil {
            for name in dataSets where found == nil {
                let path = "\(directory)/\(name)"
                guard ConfigurationFile.exists(path) else { continue }
                let title = "a shift of the Tennessee Eastman plant with fault 1 (\(name))"
                found = (try read(path), title)
            }
        }
        let (bytes, title) = found ?? (DemoSample.lines(), DemoSample.title)
        let script: DemoScript?
        do throws(JSONError) {
            script = try DemoScript.make(
                lines: bytes, title: title, runID: runID,
                changeDueSeconds: changeDueSeconds)
        } catch {
            throw CommandError(
                .data, title, "is no event log: \(error)",
                wayOut: "Name another directory of event logs with --data")
        }
        guard let script else {
            throw CommandError(
                .data, title, "holds no critical failure",
                wayOut: "Name another directory of event logs with --data")
        }
        return script
    }

    private static func read(_ path: String) throws(CommandError) -> [UInt8] {
        do throws(ConfigurationError) {
            return try ConfigurationFile.bytes(of: path, limit: 64 << 20)
        } catch {
            throw CommandError(error)
        }
    }
}
