// The commands that read and write the log, against a log in memory.

import Configuration
import EventLog
import EventModel
import Glibc
import Testing

@testable import holdfast

@Suite struct LogCommandTests {
    private func event(_ type: String, id: String, cause: String, data: String) -> String {
        "{\"specversion\":\"1.0\",\"id\":\"\(id)\",\"source\":\"/holdfast/default\","
            + "\"type\":\"\(type)\",\"subject\":\"lot/L-1\","
            + "\"data\":{\"cause\":{\"source\":\"/mes\","
            + "\"id\":\"\(cause)\",\"type\":\"mes.stepFailed.v1\"},\"rule\":{\"id\":\"r\","
            + "\"version\":1},\"policyDigest\":\"0123456789abcdef\",\(data)}}"
    }

    private func hold(_ id: String, lot: String, state: String, order: Int) -> String {
        "{\"appliedAt\":\"2026-01-05T06:00:00.000Z\",\"cause\":{\"id\":\"evt-\(order)\","
            + "\"source\":\"/mes\",\"type\":\"mes.stepFailed.v1\"},\"eventId\":\"\(id)\","
            + "\"holdId\":\"\(id)\",\"order\":\(order),\"owner\":\"quality\",\"reason\":{\"code\":"
            + "\"stepFailed\",\"text\":\"tablet too hard\"},\"rule\":\"hold.stepFailed\","
            + "\"severity\":\"critical\",\"state\":\"\(state)\",\"subject\":{\"id\":\"\(lot)\","
            + "\"type\":\"lot\"},\"time\":\"2026-01-05T07:00:00+01:00\",\"v\":1}"
    }

    private func row(_ key: String, _ value: String?) -> FakeRecord {
        FakeRecord(topic: .state, key: key, value: value)
    }

    // MARK: holds

    private func held() -> Harness {
        let harness = Harness()
        harness.log.records = [
            row("0/head", "{\"v\":1}"),
            row("0/hold/lot/L-2/b", hold("b", lot: "L-2", state: "open", order: 1)),
            row("0/hold/lot/L-1/z", hold("z", lot: "L-1", state: "open", order: 1)),
            row("0/hold/lot/L-1/a", hold("a", lot: "L-1", state: "open", order: 2)),
            row("0/hold/lot/L-3/c", hold("c", lot: "L-3", state: "open", order: 1)),
            row("0/hold/lot/L-3/c", hold("c", lot: "L-3", state: "released", order: 1)),
            row("0/hold/lot/L-4/d", hold("d", lot: "L-4", state: "open", order: 1)),
            row("0/hold/lot/L-4/d", nil),
        ]
        return harness
    }

    @Test func `holds tells what is held now: not what is released or removed`() {
        let answer = held().run("holds")
        #expect(answer.lines.first?.hasPrefix("SUBJECT  SINCE ") == true)
        let rows = answer.lines.dropFirst().map { line in
            line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
        let since = "2026-01-05 06:00:00 UTC (1 h ago) critical quality"
        #expect(
            rows == [
                "lot/L-1 \(since) evt-1 z tablet too hard",
                "lot/L-1 \(since) evt-2 a tablet too hard",
                "lot/L-2 \(since) evt-1 b tablet too hard",
            ])
        #expect(answer.error.hasPrefix("3 holds on 2 subjects."))
    }

    @Test func `holds of one lot, as JSON`() {
        let answer = held().run("holds", "--lot", "L-2", "-o", "json")
        #expect(
            answer.output == "{\"appliedAt\":\"2026-01-05T06:00:00.000Z\",\"cause\":{\"id\":"
                + "\"evt-1\",\"source\":\"/mes\",\"type\":\"mes.stepFailed.v1\"},\"holdId\":\"b\","
                + "\"owner\":\"quality\",\"reason\":{\"code\":\"stepFailed\",\"text\":"
                + "\"tablet too hard\"},\"rule\":\"hold.stepFailed\",\"severity\":\"critical\","
                + "\"subject\":{\"id\":\"L-2\",\"type\":\"lot\"},"
                + "\"time\":\"2026-01-05T07:00:00+01:00\"}\n")
        #expect(held().run("holds", "--subject", "equipment/P").output == "Nothing is held.\n")
    }

    @Test func `a row that a newer worker wrote is refused, not misread`() {
        let harness = Harness()
        harness.log.records = [row("0/hold/lot/L/x", "{\"state\":\"open\",\"v\":2}")]
        let answer = harness.run("holds")
        #expect(answer.code == .configuration)
        #expect(answer.error.hasPrefix("holdfast: holdfast.state/0@0: a row of version 2."))
    }

    // MARK: tail

    @Test func `tail stops at --max, escapes control characters and shows refusals`() {
        let harness = Harness()
        harness.log.records = (0..<3).map {
            FakeRecord(
                topic: .deadLetters, key: "k\u{1b}[2J", value: "x\($0)",
                headers: [
                    ("hf_reason", Array("wrongKey".utf8)), ("hf_detail", Array("not L-1".utf8)),
                ])
        }
        let answer = harness.run("tail", "holdfast.dead-letters", "--max", "2")
        #expect(
            answer.lines == [
                "2026-01-05 06:00:00 UTC  0@0  k\\u{1b}[2J  refused: wrongKey: not L-1",
                "2026-01-05 06:00:00 UTC  0@1  k\\u{1b}[2J  refused: wrongKey: not L-1",
            ])
    }

    @Test(arguments: [
        ("beginning", 3), ("end", 0), ("1", 2), ("99", 0), ("2026-01-05T06:00:00Z", 3),
        ("59m", 0), ("61m", 3),
    ])
    func `tail begins where it is told`(from: String, count: Int) {
        let harness = Harness()
        harness.log.records = (0..<3).map {
            FakeRecord(topic: .holds, key: "k", value: "{\"n\":\n\($0)}")
        }
        let answer = harness.run("tail", "holdfast.holds", "--from", from, "-o", "json")
        #expect(answer.lines.count == count)
        #expect(answer.lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}}") })
    }

    @Test func `a reader that goes away ends the command quietly`() {
        let harness = Harness()
        harness.isTerminal = true
        harness.writesUntilClosed = 1
        harness.log.records = (0..<9).map {
            FakeRecord(topic: .holds, key: "k", value: "\($0)")
        }
        let answer = harness.run("tail", "holdfast.holds")
        #expect(answer.code == .closedPipe)
        #expect(answer.lines.count == 1)
        #expect(answer.error.isEmpty)
    }

    // MARK: produce

    private func file(_ text: String) -> String {
        var path = Array("/tmp/holdfast-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        _ = text.utf8.withContiguousStorageIfAvailable {
            write(descriptor, $0.baseAddress, $0.count)
        }
        close(descriptor)
        return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    @Test func `produce writes a value byte for byte as it stands`() {
        let path = file(
            """
            {"topic":"mes.execution","key":"L-1","headers":{"h":"1"},"value":{ "a" : 1.0 }}

            {"value":"text \\u00e9","key":null,"topic":"mes.execution"}
            {"topic":"qms.quality","key":"d","value":null}
            {"topic":"qms.quality","key":"d","value":[1, 2]}
            """)
        defer { unlink(path) }
        let harness = Harness()
        let answer = harness.run("produce", path)
        #expect(answer.code == .success)
        let written = harness.log.records
        #expect(written.map(\.value) == ["{ \"a\" : 1.0 }", "text é", nil, "[1, 2]"])
        #expect(written.map(\.key) == ["L-1", nil, "d", "d"])
        #expect(written[0].headers.map(\.name) == ["h"])
        #expect(answer.output == "mes.execution: 2\nqms.quality: 2\nWrote 4 records.\n")
        #expect(answer.error.isEmpty, "no progress in a pipe")
    }

    @Test(arguments: [
        ("{\"topic\":\"mes.exection\",\"key\":\"k\",\"value\":1}", "no topic 'mes.exection'"),
        ("{\"topic\":\"mes.execution\",\"value\":1}", "'key' is missing"),
        ("{\"topic\":\"mes.execution\",\"key\":1,\"value\":1}", "'key' is neither"),
        ("{\"topic\":\"mes.execution\",\"key\":\"k\",\"val\":1}", "unknown member 'val'"),
        ("{\"topic\":", "no JSON"), ("[]", "no JSON object"),
    ])
    func `a bad line is told by its number, what stood before it is written`(
        line: String, cause: String
    ) {
        let path = file("{\"topic\":\"mes.execution\",\"key\":\"k\",\"value\":1}\n\(line)\n")
        defer { unlink(path) }
        let harness = Harness()
        let answer = harness.run("produce", path)
        #expect(answer.code == .data)
        #expect(answer.error.hasPrefix("holdfast: \(path):2: \(cause)"), "\(answer.error)")
        #expect(harness.log.records.count == 1)
    }

    // MARK: explain

    private func story() -> Harness {
        let harness = Harness()
        let time = Instant(milliseconds: 1_767_592_800_000)
        harness.log.records = [
            FakeRecord(
                topic: .mesExecution, key: "L-1",
                value: "{\"specversion\":\"1.0\",\"id\":\"evt-1\",\"source\":\"/mes\","
                    + "\"type\":\"mes.stepFailed.v1\",\"data\":{}}"),
            FakeRecord(
                topic: .holds, key: "lot/L-1",
                value: event(
                    "holdfast.holdApplied.v1", id: "h1", cause: "evt-1",
                    data: "\"holdId\":\"h1\",\"subject\":{\"type\":\"lot\",\"id\":\"L-1\"},"
                        + "\"reason\":{\"code\":\"c\",\"text\":\"too hard\"},"
                        + "\"severity\":\"critical\",\"owner\":\"quality\",\"openHoldCount\":1"),
                appendTime: time.advanced(seconds: 1)),
            FakeRecord(
                topic: .alerts, key: "k",
                value: event(
                    "holdfast.alertSuppressed.v1", id: "s1", cause: "evt-1",
                    data: "\"alertId\":\"a0\",\"leader\":{\"id\":\"evt-0\"},\"why\":{\"rule\":"
                        + "\"group\",\"dimension\":\"parameter\",\"window\":{\"from\":\"A\","
                        + "\"to\":\"B\"},\"memberCount\":2}"),
                appendTime: time.advanced(seconds: 2)),
            FakeRecord(
                topic: .holds, key: "lot/L-9",
                value: event(
                    "holdfast.holdApplied.v1", id: "h9", cause: "evt-9",
                    data: "\"holdId\":\"h9\"")),
            FakeRecord(
                topic: .audit, key: "0",
                value: "{\"counts\":{\"accepted\":1},\"decisions\":\"1\",\"policy\":\"abc\","
                    + "\"ranges\":[{\"from\":0,\"to\":1,\"topic\":\"mes.execution\"}],"
                    + "\"sequence\":7,\"task\":0,\"v\":1}"),
            FakeRecord(
                topic: .audit, key: "0",
                value: "{\"counts\":{},\"decisions\":\"1\",\"policy\":\"abc\","
                    + "\"ranges\":[{\"from\":1,\"to\":2,\"topic\":\"mes.execution\"}],"
                    + "\"sequence\":8,\"task\":0,\"v\":1}"),
            row("0/member/0/0", "{\"id\":\"evt-1\",\"v\":1}"),
        ]
        return harness
    }

    @Test(arguments: ["h1", "evt-1"])
    func `explain follows a hold to its cause, and the cause to all its effects`(id: String) {
        let answer = story().run("explain", id)
        #expect(answer.code == .success)
        #expect(answer.output.contains("mes.execution/0 @ 0"))
        #expect(
            answer.output.contains("lot/L-1 held: too hard (critical, owner quality; 1 hold now)"))
        #expect(answer.output.contains("cause evt-1 of /mes, rule r, policy 0123456789ab"))
        #expect(
            answer.output.contains("same parameter as evt-0 within A .. B, member 2, rule group"))
        #expect(answer.output.contains("batch 7 of task 0"))
        #expect(!answer.output.contains("batch 8"))
        #expect(!answer.output.contains("L-9"))
        if id == "evt-1" { #expect(answer.output.contains("0/member/0/0")) }
    }

    @Test func `explain as JSON gives one line for each record with its relation`() {
        let answer = story().run("explain", "h1", "--output", "json")
        #expect(answer.lines.count == 4)
        #expect(answer.lines.allSatisfy { $0.contains("\"relation\":\"") })
    }

    @Test func `explain says of a hold's event that it is the cause, not the hold`() {
        let answer = story().run("explain", "h1", "--output", "json")
        let relations = answer.lines.map { line in
            (line.contains("mes.execution"), line.contains("\"relation\":\"cause\""))
        }
        #expect(relations.contains { $0 == (true, true) })
        #expect(!answer.output.contains("\"relation\":\"effect\""))
        #expect(answer.output.contains("\"relation\":\"sibling\""))
    }

    @Test(arguments: [("evt-1", 1), ("{broken,\"evt-1\"", 1), ("evt-12", 0), ("x-evt-1", 0)])
    func `explain takes no dead letter and no row of an id that only begins alike`(
        text: String, count: Int
    ) {
        let harness = story()
        let isBroken = text.hasPrefix("{")
        let value = isBroken ? text : "{\"id\":\"\(text)\",\"v\":1}"
        harness.log.records += [
            FakeRecord(topic: .deadLetters, partition: 1, key: "L-1", value: value),
            row("0/member/0/7", value),
        ]
        let answer = harness.run("explain", "evt-1")
        #expect(answer.output.contains("holdfast.dead-letters/1 @ 0") == (count == 1))
        #expect(answer.output.contains("0/member/0/7") == (count == 1))
    }

    @Test func `an id that nothing has is an error, not an empty story`() {
        let answer = story().run("explain", "h")
        #expect(answer.code == .data)
        #expect(answer.output.isEmpty)
    }
}
