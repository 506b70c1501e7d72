// Text -> a checked value. The faults say what would have been right, with an example.

/// A setting's value, checked.
package enum SettingValue: Equatable, Sendable {
    case text(String)
    case integer(Int64)
    case milliseconds(Int64)
    case boolean(Bool)

    /// Why a text is no value of this setting.
    package struct Fault: Error, Equatable {
        package let cause: String
        package let wayOut: String
    }

    /// Reads a text as a value of the setting's kind.
    package init(_ text: String, of setting: Setting) throws(Fault) {
        guard !text.utf8.contains(0) else {
            throw Fault(cause: "a NUL character in the value", wayOut: "Remove it")
        }
        switch setting.kind {
        case .text, .property: self = .text(text)
        case .name(let length):
            try Self.checkName(text, length: length)
            self = .text(text)
        case .directory, .file:
            guard !text.isEmpty else {
                throw Fault(cause: "an empty path", wayOut: "Name a path, or leave it out")
            }
            self = .text(text)
        case .logURL:
            do throws(LogURL.Fault) {
                _ = try LogURL(text)
            } catch { throw Fault(cause: error.cause, wayOut: error.wayOut) }
            self = .text(text)
        case .boolean:
            guard text == "true" || text == "false" else {
                throw Fault(cause: "'\(text)' is neither true nor false", wayOut: "")
            }
            self = .boolean(text == "true")
        case .choice(let choices):
            guard choices.contains(text) else {
                let question = NearestName.question(text, among: choices)
                let wayOut = question.isEmpty ? "" : question
                throw Fault(
                    cause: "'\(text)' is none of \(choices.joined(separator: ", "))",
                    wayOut: wayOut)
            }
            self = .text(text)
        case .integer(let range, let unit):
            self = .integer(try Self.integer(text, range: range, unit: unit))
        case .duration(let range, let multiple):
            self = .milliseconds(try Self.duration(text, range: range, multiple: multiple))
        }
    }

    // A deployment's name is part of `source`, which is a URI-reference, of a group and of
    // transactional ids; a prefix is part of a topic's name. A name that one of them refuses would
    // be told by the broker, or by nobody: checked here.
    private static func checkName(_ text: String, length: ClosedRange<Int>) throws(Fault) {
        let isAllowed = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
        guard isAllowed, text != ".", text != ".." else {
            throw Fault(
                cause: "'\(text)' is no name",
                wayOut: "Use letters, digits, '.', '_' and '-', e.g. plant-7")
        }
        guard length.contains(text.utf8.count) else {
            throw Fault(
                cause: text.isEmpty ? "an empty name" : "a name of \(text.utf8.count) characters",
                wayOut: "It must have from \(length.lowerBound) to \(length.upperBound)")
        }
    }

    private static func integer(_ text: String, range: ClosedRange<Int64>, unit: String)
        throws(Fault) -> Int64
    {
        // Int64("+5") is 5; a person who writes a plus means something else.
        guard text.first != "+", let value = Int64(text) else {
            throw Fault(cause: "'\(text)' is no whole number", wayOut: "Write it in digits")
        }
        guard range.contains(value) else {
            let wayOut =
                range.upperBound == .max
                ? "It must be at least \(range.lowerBound)"
                : "It must be from \(range.lowerBound) to \(range.upperBound)"
            throw Fault(cause: "\(value) \(unit) is out of range", wayOut: wayOut)
        }
        return value
    }

    private static func duration(_ text: String, range: ClosedRange<Int64>, multiple: Int64)
        throws(Fault) -> Int64
    {
        guard let value = milliseconds(text) else {
            throw Fault(
                cause: "'\(text)' is no duration",
                wayOut: "Write a whole number with ms, s, m, h or d, e.g. 100ms or 24h")
        }
        guard range.contains(value) else {
            throw Fault(
                cause: "\(text) is out of range",
                wayOut: "It must be from \(Self.text(ofMilliseconds: range.lowerBound)) "
                    + "to \(Self.text(ofMilliseconds: range.upperBound))")
        }
        guard value % multiple == 0 else {
            throw Fault(
                cause: "\(text) is no multiple of \(Self.text(ofMilliseconds: multiple))",
                wayOut: "")
        }
        return value
    }

    /// A duration such as `100ms`, `5s`, `30m`, `24h`, `7d`, in milliseconds; nil if it is none.
    package static func milliseconds(_ text: String) -> Int64? {
        let units: [(String, Int64)] = [
            ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
        ]
        for (unit, factor) in units where text.hasSuffix(unit) {
            let digits = text.dropLast(unit.utf8.count)
            guard !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                let count = Int64(digits)
            else { continue }
            let (product, overflow) = count.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        return nil
    }

    /// The shortest writing of a duration: 86,400,000 -> `24h`.
    package static func text(ofMilliseconds value: Int64) -> String {
        if value == 0 { return "0ms" }
        if value >= 2 * 86_400_000, value % 86_400_000 == 0 { return "\(value / 86_400_000)d" }
        if value % 3_600_000 == 0 { return "\(value / 3_600_000)h" }
        if value % 60_000 == 0 { return "\(value / 60_000)m" }
        if value % 1_000 == 0 { return "\(value / 1_000)s" }
        return "\(value)ms"
    }
}
