// Where a demo lives. Its fast clock begins at the shift's start, in the past of any demo before
// it, and time in a log never goes back: so each run on the embedded log has a directory of its
// own, and a log that the caller names and that has topics already is used in real time.

import Configuration
import EventLog
import EventModel
import Glibc

/// The log and the state directory of one run.
struct DemoPlace {
    /// The call's settings with the log of this run.
    let settings: Settings
    /// The state directory; new for each run, because it belongs to one log.
    let state: String
    /// Whether the clock may run fast.
    let isFast: Bool

    /// Makes the run's directory under the state directory.
    init(_ call: Invocation, runID: String) throws(CommandError) {
        let parent = call.settings.text(.state) ?? "./state"
        state = "\(parent)/\(runID)"
        LogFactory.makeParents(of: state + "/")
        guard call.settings.resolved(.log)?.origin == .builtIn else {
            settings = call.settings
            isFast = try Self.isNewLocalLog(call)
            return
        }
        settings = call.settings.replacing(.log, with: "local:\(state)/log")
        isFast = true
    }

    private static func isNewLocalLog(_ call: Invocation) throws(CommandError) -> Bool {
        guard case .local = call.settings.log else { return false }
        let admin = try reaching { () throws(LogError) in try call.logs.admin(call.settings) }
        defer { admin.close() }
        return try reaching { () throws(LogError) in try admin.describe(Topic.allCases) }.isEmpty
    }

    /// What a command needs to find this run's log.
    var options: String {
        var options = "--log \(Self.quoted(settings.text(.log) ?? ""))"
        if let prefix = settings.text(.topicPrefix), !prefix.isEmpty {
            options += " --topic-prefix \(Self.quoted(prefix))"
        }
        return options
    }

    /// A word as a shell reads it.
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || "./:-_,@".utf8.contains(byte)
        }
        return isPlain && !word.isEmpty ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
    }

    /// For people.
    var words: String { "\(options) --state \(Self.quoted(state))" }
}
