// `holdfast demo`: a shift of plant data goes through the whole product, line by line.

import Configuration
import Contracts
import EventModel

/// Runs the demo on the log that the settings name.
enum DemoCommand {
    /// Where the data sets stand beside a checkout; the first that can be read is taken.
    private static let dataSets = ["tep-d01_te.ndjson"]
    private static let fastSpeed: Int64 = 1200

    static func run(_ call: Invocation) throws(CommandError) {
        let runID = "demo-" + String(call.environment.random() % 2_176_782_336, radix: 36)
        let place = try DemoPlace(call, runID: runID)
        let script = try script(call, runID: runID, isFast: place.isFast)
        let clock = DemoClock(
            shiftStart: script.start, speed: fastSpeed, isFast: place.isFast,
            environment: call.environment)
        var call = call
        call.settings = place.settings
        try DemoRun(call: call, place: place, script: script, clock: clock, runID: runID).run()
    }

    private static func script(_ call: Invocation, runID: String, isFast: Bool)
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
            script = try DemoScript.make(lines: bytes, title: title, runID: runID, isFast: isFast)
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
