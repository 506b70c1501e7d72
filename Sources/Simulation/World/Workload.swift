// What a plant does, by a seed: records with the instant at which each is sent. Small names, so
// that things meet: few lots, fewer machines, holds that are released twice, changes that are
// cancelled at the very instant they take effect.

package import EventModel

/// Records to send, in order of time.
package struct Workload {
    package struct Sent {
        package var atMilliseconds: Int64
        package var topic: Topic
        /// Nil: by the key.
        package var partition: Partition?
        package var key: [UInt8]?
        package var value: [UInt8]?
    }
    package private(set) var records: [Sent] = []
    /// The latest instant at which something may become due.
    package private(set) var lastInstant: Instant
    private var dice: Dice
    private let start: Instant
    private let span: Int64
    private let partitions: Int32
    private var number = 0
    private var at: Int64 = 0
    private var holds: [(id: String, type: String, subject: String)] = []
    private var changes: [(id: String, from: Int64)] = []

    package init(seed: UInt64, options: SwarmOptions, start: Instant) {
        dice = Dice(seed: seed, part: 2)
        self.start = start
        span = options.spanMilliseconds
        partitions = options.partitions
        lastInstant = start
        let burst = dice.chance(30)
        for index in 0..<options.events {
            if !burst || dice.chance(20) {
                at = span * Int64(index) / Int64(options.events) + Int64(dice.roll(5))
            }
            add()
        }
        records = records.enumerated().sorted {
            ($0.element.atMilliseconds, $0.offset) < ($1.element.atMilliseconds, $1.offset)
        }.map(\.element)
    }

    private mutating func add() {
        number += 1
        switch dice.roll(100) {
        case 0..<22: fail()
        case 22..<27: limit()
        case 27..<31: interlock()
        case 31..<34: misScan()
        case 34..<40: step()
        case 40..<44: execution("mes.lotCreated.v1", lot, "")
        case 44..<54: hold()
        case 54..<63: release()
        case 63..<67: disposition()
        case 67..<76: approve()
        case 76..<80: cancel()
        case 80..<83: document()
        case 83..<88: poison()
        default: again()
        }
    }

    private var lot: String { "L\(number % 5)" }
    private var machine: String { "M\(number % 3)" }
    private mutating func severity() -> String { dice.pick(["minor", "major", "critical"]) }

    private mutating func fail() {
        let severity = severity()
        let mode = dice.chance(85) ? #","failureMode":"\#(dice.pick(["jam", "leak"]))""# : ""
        execution(
            "mes.stepFailed.v1", lot,
            #","stepId":"s","operation":"o","equipmentId":"\#(machine)","operatorId":"u","#
                + #""severity":"\#(severity)"\#(mode)"#)
    }
    private mutating func limit() {
        let kind = dice.pick(["OOS", "OOT"])
        execution(
            "mes.limitExceeded.v1", lot,
            #","equipmentId":"\#(machine)","parameter":"p","value":9.5,"unit":"mm","#
                + #""limitKind":"\#(kind)","severity":"\#(severity())""#)
    }
    private mutating func interlock() {
        let more = dice.chance(50) ? #","severity":"\#(severity())""# : ""
        execution(
            "mes.interlockViolated.v1", lot,
            #","equipmentId":"\#(machine)","interlock":"guard","operatorId":"u"\#(more)"#)
    }
    private mutating func misScan() {
        execution(
            "mes.misScanDetected.v1", lot,
            #","stepId":"s","expected":"a","scanned":"b","operatorId":"u""#)
    }
    private mutating func step() {
        execution(
            dice.pick(["mes.stepStarted.v1", "mes.stepStarted.v1", "mes.stepCompleted.v1"]), lot,
            #","stepId":"s","operation":"o","equipmentId":"\#(machine)","operatorId":"u""#)
    }

    private mutating func subject() -> (type: String, id: String) {
        switch dice.roll(10) {
        case 0...6: ("lot", "L\(dice.roll(6))")
        case 7...8: ("equipment", "M\(dice.roll(3))")
        default: (dice.pick(["material", "document"]), "X\(dice.roll(2))")
        }
    }
    private mutating func hold() {
        let (type, id) = subject()
        let hold = "H\(dice.roll(12))"
        holds.append((hold, type, id))
        quality(
            "qms.holdRequested.v1", id,
            #"{"holdId":"\#(hold)","subject":{"type":"\#(type)","id":"\#(id)"},"#
                + #""reason":{"code":"x","text":"y"},"owner":"micro"}"#)
    }
    private mutating func release() {
        let found = holds.isEmpty || dice.chance(10) ? ("H99", "lot", "L1") : dice.pick(holds)
        quality(
            "qms.holdReleaseApproved.v1", found.2,
            #"{"holdId":"\#(found.0)","subject":{"type":"\#(found.1)","id":"\#(found.2)"},"#
                + #""owner":"\#(dice.chance(85) ? "micro" : "other")","approver":"z","#
                + #""meaning":"m","signedAt":"2026-01-05T07:00:00Z"}"#)
    }
    private mutating func disposition() {
        quality(
            "qms.dispositionDecided.v1", lot,
            #"{"lotId":"\#(lot)","decision":"\#(dice.pick(["accepted", "rejected"]))","#
                + #""decidedBy":"d","meaning":"m","signedAt":"2026-01-05T07:00:00Z"}"#)
    }

    /// An instant near now, in the past, far ahead, or the very millisecond of now.
    private mutating func instant() -> Int64 {
        switch dice.roll(5) {
        case 0: at - Int64(dice.roll(3_000))
        case 1: at + Int64(dice.roll(3))
        case 2...3: at + Int64(dice.roll(Int(min(span, 60_000))))
        default: at + Int64(dice.roll(30_000))
        }
    }
    private mutating func text(of milliseconds: Int64) -> String {
        let found = Instant(milliseconds: start.milliseconds + milliseconds)
        lastInstant = max(lastInstant, found)
        return found.text
    }
    private mutating func approve() {
        let id = "C\(dice.roll(6))"
        let from = instant()
        changes.append((id, from))
        quality(
            "qms.changeApproved.v1", id,
            #"{"changeId":"\#(id)","effectiveFrom":"\#(text(of: from))","#
                + #""scope":{"recipes":["R"]},"approvedBy":"a","#
                + #""initiatedBy":"\#(dice.chance(90) ? "b" : "a")"}"#)
    }
    /// Often just before, just after or at the very instant at which the change takes effect.
    private mutating func cancel() {
        let change = changes.isEmpty || dice.chance(10) ? ("C9", at) : dice.pick(changes)
        let now = at
        if dice.chance(60) { at = max(at, change.1 + Int64(dice.pick([-2, -1, 0, 0, 1, 2]))) }
        if at > span * 2 { at = now }
        quality(
            "qms.changeCancelled.v1", change.0, #"{"changeId":"\#(change.0)","reason":"no"}"#)
        at = now
    }
    private mutating func document() {
        let isRetired = dice.chance(40)
        quality(
            isRetired ? "qms.documentRetired.v1" : "qms.documentApproved.v1", "D1",
            #"{"documentId":"D1","version":"\#(dice.roll(3))","#
                + #""\#(isRetired ? "retiredFrom" : "effectiveFrom")":"\#(text(of: instant()))"}"#)
    }

    /// Records that are refused, each for a reason of its own.
    private mutating func poison() {
        let good = #"{"lotId":"\#(lot)"}"#
        let key = Array(lot.utf8)
        let event = envelope("mes.lotCreated.v1", good)
        switch dice.roll(8) {
        case 0: send(.mesExecution, key, Array(dice.pick(["{", "[]", "", "{}"]).utf8))
        case 1: send(.mesExecution, key, nil)
        case 2: send(.mesExecution, nil, event)
        case 3: send(.mesExecution, Array("L999".utf8), event)
        case 4:
            send(
                .mesExecution, key, event, partition: Partition(Int32(dice.roll(Int(partitions)))))
        case 5: send(.mesExecution, key, envelope("mes.unknown.v1", good))
        case 6: send(.qmsQuality, key, envelope("qms.holdRequested.v1", good))
        default: send(.mesExecution, key, [0xff, 0xfe, 0x7b])
        }
    }

    /// Something sent before, as it was or with other content.
    private mutating func again() {
        guard !records.isEmpty else { return fail() }
        var record = dice.pick(records)
        record.atMilliseconds = at + Int64(dice.chance(30) ? dice.roll(Int(span)) : 0)
        if dice.chance(15), let value = record.value, value.count > 40 {
            let text = String(decoding: value, as: UTF8.self)
            record.value = Array(text.replacing("2026-01-05T05", with: "2026-01-05T04").utf8)
        }
        records.append(record)
    }

    private mutating func execution(_ type: String, _ lot: String, _ more: String) {
        send(.mesExecution, Array(lot.utf8), envelope(type, #"{"lotId":"\#(lot)"\#(more)}"#))
    }
    private mutating func quality(_ type: String, _ key: String, _ data: String) {
        send(.qmsQuality, Array(key.utf8), envelope(type, data))
    }
    /// Event times run out of order.
    private mutating func envelope(_ type: String, _ data: String) -> [UInt8] {
        let minute = 10 + dice.roll(45)
        return Array(
            (#"{"specversion":"1.0","id":"e\#(number)","source":"/plant","type":"\#(type)","#
                + #""time":"2026-01-05T05:\#(minute):00Z","data":\#(data)}"#).utf8)
    }
    private mutating func send(
        _ topic: Topic, _ key: [UInt8]?, _ value: [UInt8]?, partition: Partition? = nil
    ) {
        records.append(
            Sent(
                atMilliseconds: at, topic: topic, partition: partition, key: key, value: value))
    }
}
