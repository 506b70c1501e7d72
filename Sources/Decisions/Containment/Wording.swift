// The sentences that people read in holds, gates and alerts. Deterministic, and numbers stand as
// they were written: a text that rounds a limit would be wrong in a release dossier.

import EventModel

/// Words for failures, from their data alone.
enum Wording {
    /// Why the lot is held, in a sentence.
    /// Never longer than the contract of a reason's text: a JSON number may have any length.
    static func reason(_ trigger: Trigger, _ data: JSONView, closedSince: Instant?) -> String {
        let text = sentence(trigger, data, closedSince: closedSince)
        guard text.unicodeScalars.count > textMax else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(textMax - 1)))
            + "\u{2026}"
    }

    /// Characters of a reason's text, as topics/schemas has them.
    private static let textMax = 4_096

    private static func sentence(
        _ trigger: Trigger, _ data: JSONView, closedSince: Instant?
    ) -> String {
        switch trigger {
        case .stepFailed:
            "\(step(data)) failed\(on(data))\(mode(data))\(measured(data).map { "; \($0)" } ?? "")"
        case .limitExceeded:
            "\(measured(data) ?? "a value") is \(data.scalar("limitKind") ?? "beyond its limit")"
                + on(data) + (data.named("stepId").map { ", step \($0)" } ?? "")
        case .misScanDetected:
            "\(step(data)): scanned \(data.scalar("scanned") ?? "nothing"), "
                + "expected \(data.scalar("expected") ?? "something else")\(on(data))"
        case .interlockViolated:
            "interlock \(data.scalar("interlock") ?? "unnamed") violated\(on(data))"
                + (data.named("stepId").map { ", step \($0)" } ?? "")
        case .gateBypassed:
            "\(step(data)) was started\(on(data)) through a closed gate"
                + (closedSince.map { " (closed since \($0.text))" } ?? "")
        }
    }

    /// What failed, in a word or two, for an alert's summary.
    static func what(_ trigger: Trigger, _ data: JSONView) -> String {
        switch trigger {
        case .stepFailed: data.named("failureMode") ?? data.named("parameter") ?? step(data)
        case .limitExceeded:
            "\(data.named("parameter") ?? "a value") \(data.scalar("limitKind") ?? "")"
        case .misScanDetected:
            "scanned \(data.scalar("scanned") ?? ""), expected \(data.scalar("expected") ?? "")"
        case .interlockViolated: "interlock \(data.scalar("interlock") ?? "")"
        case .gateBypassed: "\(step(data)) through a closed gate"
        }
    }

    /// "step S-1 (compress)"
    private static func step(_ data: JSONView) -> String {
        let operation = data.named("operation").map { " (\($0))" } ?? ""
        return "step \(data.named("stepId") ?? "unnamed")\(operation)"
    }

    private static func on(_ data: JSONView) -> String {
        data.named("equipmentId").map { " on \($0)" } ?? ""
    }

    private static func mode(_ data: JSONView) -> String {
        data.named("failureMode").map { ": \($0)" } ?? ""
    }

    /// "pressure = 12.50 bar (limits 1.0 to 10.0)"; nil when no parameter is named.
    private static func measured(_ data: JSONView) -> String? {
        guard let parameter = data.named("parameter") else { return nil }
        let unit = data.named("unit").map { " \($0)" } ?? ""
        let value = data.scalar("value").map { " = \($0)\(unit)" } ?? ""
        let limits: String
        switch (data.scalar("lowerLimit"), data.scalar("upperLimit")) {
        case (let low?, let high?): limits = " (limits \(low) to \(high))"
        case (let low?, nil): limits = " (lower limit \(low))"
        case (nil, let high?): limits = " (upper limit \(high))"
        case (nil, nil): limits = ""
        }
        return "\(parameter)\(value)\(limits)"
    }
}
