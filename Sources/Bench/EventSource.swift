// Events of a plant by seed: mostly completed steps, 2 % failures, 5 % of all events sent again.
// The shape is that of Tests/Tools/generate.py, which is too slow for millions.

import EventModel

/// Makes one event after the other into a buffer of its own.
struct EventSource {
    /// Failures per 10,000 events, and how many of them are critical.
    var failuresPerTenThousand = 200
    var criticalPerHundredFailures = 16
    var duplicatesPerTenThousand = 500

    private(set) var value: [UInt8] = []
    private(set) var key: [UInt8] = []
    private var dice: Dice
    private var index = 0
    private let name: String
    /// Recent events, for duplicates: within reach of any window, hence true duplicates.
    private var recent: [(key: [UInt8], value: [UInt8])] = []
    private static let recentMax = 4_000
    private(set) var bytes = 0
    private(set) var count = 0

    private static let note: StaticString = """
        Line 3 cell 7 shift B: nominal run, no remarks, in-process controls within alert limits; \
        verified by the second operator at 2026-01-05T06:00:00Z
        """

    /// - Parameter name: begins every id, so that two sources never share one.
    init(seed: UInt64, name: String) {
        dice = Dice(seed: seed)
        self.name = name
    }

    mutating func next() {
        let roll = dice.below(10_000)
        count += 1
        if roll < duplicatesPerTenThousand, !recent.isEmpty {
            let again = recent[dice.below(recent.count)]
            key = again.key
            value = again.value
        } else {
            let isFailure = roll >= 10_000 - failuresPerTenThousand
            let isCritical = isFailure && dice.below(100) < criticalPerHundredFailures
            let lot = "L-\(index / 50 + dice.below(400))"
            make(lot: lot, isFailure: isFailure, severity: isCritical ? "critical" : "minor")
            if recent.count < Self.recentMax {
                recent.append((key, value))
            } else {
                recent[index % Self.recentMax] = (key, value)
            }
        }
        bytes += value.count
    }

    /// A critical failure of that lot.
    mutating func nextCritical(lot: String) {
        count += 1
        make(lot: lot, isFailure: true, severity: "critical")
    }

    private mutating func make(lot: String, isFailure: Bool, severity: StaticString) {
        index += 1
        let r = dice.roll()
        key.removeAll(keepingCapacity: true)
        key.append(contentsOf: lot.utf8)
        value.removeAll(keepingCapacity: true)
        add("{\"specversion\":\"1.0\",\"id\":\"")
        add(name)
        add(index)
        add("\",\"source\":\"/mes/plant-1\",\"type\":\"mes.")
        if isFailure { add("stepFailed") } else { add("stepCompleted") }
        add(".v1\",\"subject\":\"lot/")
        add(lot)
        add("\",\"time\":\"2026-01-05T")
        let second = index / 500
        addTwo(second / 3600 % 24)
        add(":")
        addTwo(second / 60 % 60)
        add(":")
        addTwo(second % 60)
        add(".250Z\",\"datacontenttype\":\"application/json\",\"traceparent\":\"")
        add("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\",\"data\":{\"lotId\":\"")
        add(lot)
        add("\",\"stepId\":\"S")
        add(Int(r % 40))
        add("\",\"operation\":\"op-")
        add(Int(r % 7))
        add("\",\"equipmentId\":\"EQ-")
        add(Int((r >> 8) % 60))
        add("\",\"operatorId\":\"OP-")
        add(Int((r >> 16) % 90))
        add("\",\"batchId\":\"B")
        add(Int((r >> 24) % 1000))
        if isFailure {
            add("\",\"severity\":\"")
            add(severity)
            add("\",\"failureMode\":\"mode ")
            add(Int((r >> 32) % 5))
        }
        add("\",\"recipe\":{\"id\":\"R-20\",\"version\":\"7\"},\"note\":\"")
        add(Self.note)
        add("\",\"orderId\":\"O-")
        add(index % 5000)
        add("\"}}")
    }

    private mutating func add(_ text: StaticString) {
        value.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func add(_ text: String) { value.append(contentsOf: text.utf8) }

    private mutating func add(_ number: Int) {
        if number >= 10 { add(number / 10) }
        value.append(0x30 + UInt8(number % 10))
    }

    private mutating func addTwo(_ number: Int) {
        value.append(0x30 + UInt8(number / 10))
        value.append(0x30 + UInt8(number % 10))
    }
}
