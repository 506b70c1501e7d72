// Rows of a task's state by seed, in the shapes and shares that a worker's changelog has after a
// plant's events (EventSource): lots, members of groups and the lots they touch, some holds and
// groups. Their keys come in no order.

/// Makes one row after the other into buffers of its own.
struct RowSource {
    private(set) var key: [UInt8] = []
    private(set) var value: [UInt8] = []
    private(set) var bytes = 0
    private var dice: Dice
    private var index = 0

    init(seed: UInt64) { dice = Dice(seed: seed) }

    mutating func next() {
        index += 1
        let lot = "L-\(dice.roll() % 1_000_000_000)"
        // A group has some 6 members here, as with EventSource.
        let group = 1 + index / 20
        let roll = dice.below(100)
        let text: (key: String, value: String)
        if roll < 30 {
            text = ("lot/\(lot)", Self.lot(lot))
        } else if roll < 60 {
            text = ("member/\(group)/\(index)", member(group: group, lot: lot))
        } else if roll < 90 {
            text = (
                "affected/\(group)/\(lot)", "{\"groupId\":\(group),\"lotId\":\"\(lot)\",\"v\":1}"
            )
        } else if roll < 95 {
            let id = identifier()
            text = ("hold/lot/\(lot)/\(id)", hold(id, lot: lot))
        } else {
            text = (
                "group/equipment%2FEQ-\(index % 60)%2FfailureMode%2Fmode%25204/\(index)",
                groupRow(number: index)
            )
        }
        key = Array(text.key.utf8)
        value = Array(text.value.utf8)
        bytes += key.count + value.count
    }

    private mutating func identifier() -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: (0..<32).map { _ in digits[dice.below(16)] }, as: UTF8.self)
    }

    private static func lot(_ id: String) -> String {
        "{\"gate\":{\"since\":\"2026-01-05T00:02:03.250Z\",\"state\":\"open\"},"
            + "\"lotId\":\"\(id)\",\"registered\":true,\"v\":1}"
    }

    private mutating func member(group: Int, lot: String) -> String {
        "{\"alertEventId\":\"\(identifier())\",\"alertId\":\"\(identifier())\","
            + "\"cause\":{\"id\":\"e-\(index)\",\"source\":\"/mes/plant-1\","
            + "\"type\":\"mes.stepFailed.v1\"},\"deviationEventId\":\"\(identifier())\","
            + "\"deviationId\":\"\(identifier())\",\"groupId\":\(group),\"lotId\":\"\(lot)\","
            + "\"number\":\(index),\"rootCauseKey\":\"equipment/EQ-5/failureMode/mode%200\","
            + "\"rule\":\"hold.stepFailed\",\"severity\":\"minor\","
            + "\"summary\":\"stepFailed minor: mode 0 on EQ-5, lot \(lot)\","
            + "\"suppressed\":true,\"time\":\"2026-01-05T00:01:32.250Z\",\"v\":1,"
            + "\"why\":{\"dimension\":\"failureMode\",\"leader\":{\"id\":\"e-\(index)\","
            + "\"source\":\"/mes/plant-1\"},\"rule\":\"group\"}}"
    }

    private func hold(_ id: String, lot: String) -> String {
        "{\"appliedAt\":\"2026-01-05T00:02:03.250Z\",\"cause\":{\"id\":\"e-\(index)\","
            + "\"source\":\"/mes/plant-1\",\"type\":\"mes.stepFailed.v1\"},"
            + "\"eventId\":\"\(id)\",\"holdId\":\"\(id)\",\"order\":1,\"owner\":\"quality\","
            + "\"reason\":{\"code\":\"stepFailed\",\"text\":\"step S27 (op-4) failed on EQ-8\"},"
            + "\"rootCauseKey\":\"equipment/EQ-8/failureMode/mode%201\","
            + "\"rule\":\"hold.stepFailed\",\"severity\":\"critical\",\"state\":\"open\","
            + "\"subject\":{\"id\":\"\(lot)\",\"type\":\"lot\"},"
            + "\"time\":\"2026-01-05T00:01:21.250Z\",\"v\":1}"
    }

    private mutating func groupRow(number: Int) -> String {
        let equipment = number % 60
        return "{\"alertId\":\"\(identifier())\",\"closed\":false,"
            + "\"deviationId\":\"\(identifier())\",\"dimension\":\"failureMode\","
            + "\"first\":\"2026-01-05T00:00:02.250Z\",\"groupId\":\(number),"
            + "\"last\":\"2026-01-05T00:02:03.250Z\","
            + "\"lastAppend\":\"2026-01-05T00:02:14.254Z\","
            + "\"leader\":{\"id\":\"e-\(number)\",\"source\":\"/mes/plant-1\"},"
            + "\"memberCount\":6,"
            + "\"rootCauseKey\":\"equipment/EQ-\(equipment)/failureMode/mode%204\","
            + "\"severity\":\"critical\",\"v\":1}"
    }
}
