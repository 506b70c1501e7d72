// `holdfast verify`: an auditor's question, answered from the log alone. Every batch is decided
// again with the policy its records name, and compared with what stands in the log.

import Configuration
import Decisions
import EventLog
import EventModel
import Worker

/// Proves a run, or names what differs.
package enum VerifyCommand {
    private static let progressMicroseconds: Int64 = 100_000

    package static func run(_ call: Invocation) throws(CommandError) {
        let limits = call.settings.limits
        let verification = Verification(
            deployment: call.settings.text(.deployment) ?? "default", limits: limits,
            makeReader: { () throws(LogError) in try call.logs.reader(call.settings) },
            policyOf: { text in
                // JSON is YAML: the policy in a batch record is read and checked as the file was.
                try? PolicyFile.policy(Array(text.utf8), file: "batch record", limits: limits)
            })
        let start = call.environment.monotonicMicroseconds()
        var shownAt = start
        let answer: VerificationReport?
        do throws(WorkerError) {
            answer = try verification.run { report in
                let now = call.environment.monotonicMicroseconds()
                if now - shownAt > progressMicroseconds {
                    shownAt = now
                    call.terminal.progress(
                        "\(report.batches) batches, \(report.records) records decided again, "
                            + "\(report.outputs) outputs compared")
                }
                return !call.shouldEnd
            }
        } catch { throw CommandError(error) }
        call.terminal.clearProgress()
        guard let report = answer else {
            throw CommandError(
                .temporary, "verify", "it was stopped before the end", wayOut: "Nothing is proven")
        }
        let took = max(1, call.environment.monotonicMicroseconds() - start)
        print(report, microseconds: took, call)
        guard report.differences.isEmpty else {
            let count = report.differences.count
            throw CommandError(
                .data, "verify",
                "\(count) \(count == 1 ? "difference" : "differences") between what was decided "
                    + "and the log",
                wayOut: "Check --deployment and --dedupe-window: they must be the run's own; then "
                    + "'holdfast explain' tells the story of a record")
        }
    }

    private static func print(
        _ report: VerificationReport, microseconds: Int64, _ call: Invocation
    ) {
        let rate = report.records * 1_000_000 / microseconds
        if call.settings.isJSON {
            var json = JSONWriter()
            json.beginObject()
            json.member("batches", Int64(report.batches))
            json.name("differences")
            list(report.differences, into: &json)
            json.member("milliseconds", microseconds / 1_000)
            json.name("notes")
            list(report.notes, into: &json)
            json.member("outputs", report.outputs)
            json.member("proven", report.differences.isEmpty && report.notes.isEmpty)
            json.member("records", report.records)
            json.member("recordsPerSecond", rate)
            json.endObject()
            call.terminal.line(bytes: json.bytes)
            return
        }
        for difference in report.differences {
            call.terminal.line(call.terminal.styled(Terminal.visible(difference), .red))
        }
        for note in report.notes { call.terminal.note("holdfast: \(note)") }
        call.terminal.line(
            "\(report.batches) batches with \(report.records) records decided again, "
                + "\(report.outputs) outputs as they must be (\(rate) records/s).")
        if report.differences.isEmpty {
            let what = report.notes.isEmpty ? "Everything in the log" : "What is still in the log"
            call.terminal.line(call.terminal.styled("\(what) is proven.", .green))
        }
    }

    private static func list(_ lines: [String], into json: inout JSONWriter) {
        json.beginArray()
        for line in lines { json.string(line) }
        json.endArray()
    }
}
