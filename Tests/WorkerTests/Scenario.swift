// What a plant does, by a seed: records with the tick at which each is sent. Made so that nothing
// that goes out depends on how the topics' records interleave: lots of mes.execution and of
// qms.quality are different ones, and a root cause belongs to one lot. What is left must come out
// the same under any faults.

import EventModel

/// Luck by a seed.
struct Dice {
    private var state: UInt64
    init(seed: UInt64) {
        // Neighbouring seeds shall not be one sequence shifted.
        state = seed
        state = next() ^ (seed << 32)
    }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func roll(_ sides: Int) -> Int { Int(next() % UInt64(sides)) }
    mutating func chance(_ percent: Int) -> Bool { roll(100) < percent }
    mutating func pick<T>(_ items: [T]) -> T { items[roll(items.count)] }
}

/// Records to send, in order.
struct Scenario {
    struct Sent {
        var tick: Int
        var topic: Topic
        var key: String?
        var value: String?
    }
    private(set) var records: [Sent] = []
    let ticks: Int
    static let tickMilliseconds: Int64 = 10
    private var dice: Dice
    private let start: Instant
    private var number = 0

    init(seed: UInt64, events: Int, ticks: Int, start: Instant) {
        dice = Dice(seed: seed)
        self.ticks = ticks
        self.start = start
        for index in 0..<events { add(at: index * ticks * 3 / (events * 4)) }
    }

    private mutating func add(at tick: Int) {
        number += 1
        switch dice.roll(20) {
        case 0...6: fail(tick)
        case 7: interlock(tick)
        case 8: execution(tick, "mes.lotCreated.v1", lot, "")
        case 9...10: hold(tick)
        case 11...12: release(tick)
        case 13...15: approve(tick)
        case 16: cancel(tick)
        case 17: poison(tick)
        default: again(tick)
        }
    }

    private var lot: String { "L-\(number % 7)" }

    private mutating func fail(_ tick: Int) {
        let severity = dice.pick(["minor", "major", "critical"])
        execution(
            tick, "mes.stepFailed.v1", lot,
            #","stepId":"s","operation":"o","equipmentId":"p-\#(lot)","operatorId":"u","#
                + #""severity":"\#(severity)","failureMode":"\#(dice.pick(["jam", "leak"]))""#)
    }

    private mutating func interlock(_ tick: Int) {
        execution(
            tick, "mes.interlockViolated.v1", lot,
            #","equipmentId":"press-\#(lot)","interlock":"guard","operatorId":"u""#)
    }

    private mutating func hold(_ tick: Int) {
        let lot = "Q-\(number % 5)"
        quality(
            tick, "qms.holdRequested.v1", lot,
            #"{"holdId":"H\#(number % 20)","subject":{"type":"lot","id":"\#(lot)"},"#
                + #""reason":{"code":"x","text":"y"},"owner":"micro"}"#)
    }

    private mutating func release(_ tick: Int) {
        let lot = "Q-\(number % 5)"
        quality(
            tick, "qms.holdReleaseApproved.v1", lot,
            #"{"holdId":"H\#(dice.roll(20))","subject":{"type":"lot","id":"\#(lot)"},"#
                + #""owner":"\#(dice.pick(["micro", "other"]))","approver":"z","meaning":"m","#
                + #""signedAt":"2026-01-05T07:00:00Z"}"#)
    }

    private mutating func approve(_ tick: Int) {
        let from = start.rawValue / 1000 + Int64(tick + dice.roll(60) - 5) * Self.tickMilliseconds
        quality(
            tick, "qms.changeApproved.v1", "C-\(number % 9)",
            #"{"changeId":"C-\#(number % 9)","#
                + #""effectiveFrom":"\#(Instant(milliseconds: from).text)","#
                + #""scope":{"recipes":["R"]},"approvedBy":"a","initiatedBy":"b"}"#
        )
    }

    private mutating func cancel(_ tick: Int) {
        quality(
            tick, "qms.changeCancelled.v1", "C-\(number % 9)",
            #"{"changeId":"C-\#(number % 9)","reason":"no"}"#)
    }

    private mutating func poison(_ tick: Int) {
        let value: String? = dice.pick(["{", "[]", nil, "{\"specversion\":\"1.0\"}"])
        records.append(
            Sent(tick: tick, topic: .mesExecution, key: dice.pick([lot, nil]), value: value))
    }

    /// Something sent before, as it was or with other content.
    private mutating func again(_ tick: Int) {
        guard !records.isEmpty else { return }
        var record = dice.pick(records)
        record.tick = tick
        if dice.chance(20) {
            record.value = record.value?.split(separator: "2026-01-05T05:59:00Z").joined(
                separator: "2026-01-05T05:58:00Z")
        }
        records.append(record)
    }

    private mutating func execution(_ tick: Int, _ type: String, _ lot: String, _ more: String) {
        send(tick, .mesExecution, type, lot, #"{"lotId":"\#(lot)"\#(more)}"#)
    }

    private mutating func quality(_ tick: Int, _ type: String, _ key: String, _ data: String) {
        send(tick, .qmsQuality, type, key, data)
    }

    private mutating func send(
        _ tick: Int, _ topic: Topic, _ type: String, _ key: String, _ data: String
    ) {
        records.append(
            Sent(
                tick: tick, topic: topic, key: key,
                value:
                    #"{"specversion":"1.0","id":"e\#(number)","source":"/plant","type":"\#(type)","#
                    + #""time":"2026-01-05T05:59:00Z","data":\#(data)}"#))
    }
}
