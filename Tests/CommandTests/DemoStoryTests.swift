// The demo's narrator on canned records: a golden page, and what it counts and what it leaves out.
// HOLDFAST_RECORD=1 writes the page anew.

import Configuration
import EventLog
import EventModel
import Glibc
import Testing

@testable import holdfast

@Suite struct DemoStoryTests {
    private static let golden =
        "/" + "\(#filePath)".split(separator: "/").dropLast().joined(separator: "/")
        + "/Golden/demo.txt"

    @Test func `a shift is told as recorded`() throws {
        let teller = try Teller()
        teller.tellShift()
        if getenv("HOLDFAST_RECORD") != nil {
            let stream = fopen(Self.golden, "w")
            fputs(teller.text, stream)
            fclose(stream)
        }
        let bytes = try ConfigurationFile.bytes(of: Self.golden, limit: 1 << 20)
        #expect(teller.text == String(decoding: bytes, as: UTF8.self))
    }

    @Test func `each told thing is counted once`() throws {
        let teller = try Teller()
        teller.tellShift()
        var wanted = DemoCounts()
        wanted.records = 6
        wanted.holds = 3
        wanted.releases = 1
        wanted.refusedReleases = 1
        wanted.gatesClosed = 1
        wanted.gatesOpened = 1
        wanted.deviations = 2
        wanted.members = 14
        wanted.alertsRaised = 3
        wanted.alertsSuppressed = 11
        wanted.changes = 1
        wanted.dispositionsRefused = 1
        wanted.dispositions = 1
        wanted.deadLetters = 1
        wanted.duplicates = 2
        #expect(teller.narrator.counts == wanted)
    }

    @Test func `the hold to ask for closed a gate and its alert silenced others`() throws {
        let teller = try Teller()
        teller.tellShift()
        #expect(teller.narrator.richestHold?.holdId == "h1")
    }

    @Test func `the first row of a lot is open and no news`() throws {
        let teller = try Teller()
        teller.tell(.gates, Teller.gate("open"))
        #expect(teller.text == "")
        #expect(teller.narrator.counts.gatesOpened == 0)
    }

    @Test func `a value that steers a terminal is shown, not obeyed`() throws {
        let teller = try Teller()
        teller.tell(.holds, Teller.hold("h1", cause: "e-1", why: #"\u001b[2J"#, open: 1))
        #expect(teller.text.contains("\\u{1b}[2J"))
    }

    @Test func `programs get one JSON object a line`() throws {
        let teller = try Teller(isJSON: true)
        teller.tell(.holds, Teller.hold("h1", cause: "e-1", why: "too \\\"hot\\\"", open: 1))
        #expect(
            teller.text
                == #"{"kind":"hold","text":"lot L-1: too \"hot\"","#
                + #""time":"2026-01-12T06:19:00.000Z"}"# + "\n")
    }

    @Test(arguments: [
        ("holdfast", "holdfast"), ("./a b/holdfast", "'./a b/holdfast'"),
        ("local:it's", #"'local:it'\''s'"#), ("kafka://h:9092,i:9092", "kafka://h:9092,i:9092"),
        ("", "''"),
    ])
    func `a printed word is one word to a shell`(word: String, quoted: String) {
        #expect(DemoPlace.quoted(word) == quoted)
    }
}
