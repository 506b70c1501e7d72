// The settings of one call, each with where it came from. Made by SettingsResolver only.

package import EventModel

/// Where a value came from, in rising precedence.
package enum SettingOrigin: Equatable, Sendable {
    case builtIn
    case file(String)
    case environment(String)
    case flag(String)

    /// For people: `default`, `holdfast.yaml:3:5`, `HOLDFAST_LOG`, `--log`.
    package var text: String {
        switch self {
        case .builtIn: "default"
        case .file(let place), .environment(let place), .flag(let place): place
        }
    }
}

/// A value and where it came from.
package struct ResolvedValue: Equatable, Sendable {
    package let value: SettingValue
    /// As it was written.
    package let text: String
    package let origin: SettingOrigin
}

/// All settings of one call.
package struct Settings: Sendable {
    /// By the setting's name; absent when it has neither value nor default.
    package internal(set) var values: [String: ResolvedValue] = [:]
    /// librdkafka's properties by name.
    package internal(set) var kafka: [String: ResolvedValue] = [:]

    init() {}

    package func resolved(_ setting: Setting) -> ResolvedValue? { values[setting.name] }

    /// These settings with one text of them replaced, as if it were its default.
    package func replacing(_ setting: Setting, with text: String) -> Settings {
        var copy = self
        copy.values[setting.name] = ResolvedValue(value: .text(text), text: text, origin: .builtIn)
        return copy
    }

    package func text(_ setting: Setting) -> String? { values[setting.name]?.text }

    package func flag(_ setting: Setting) -> Bool {
        values[setting.name]?.value == .boolean(true)
    }

    package func integer(_ setting: Setting) -> Int64? {
        guard case .integer(let value) = values[setting.name]?.value else { return nil }
        return value
    }

    package func milliseconds(_ setting: Setting) -> Int64? {
        guard case .milliseconds(let value) = values[setting.name]?.value else { return nil }
        return value
    }

    /// The log's URL (checked when it was read).
    package var log: LogURL {
        guard let text = text(.log), let url = try? LogURL(text) else {
            preconditionFailure("the resolver checks the log's URL")
        }
        return url
    }

    /// librdkafka's properties as they are to be set.
    package var kafkaProperties: [String: String] { kafka.mapValues(\.text) }

    /// `--output json`.
    package var isJSON: Bool { text(.output) == "json" }

    /// The limits with what the settings change in them.
    package var limits: Limits {
        var limits = Limits()
        if let value = milliseconds(.commitInterval) { limits.commitIntervalMilliseconds = value }
        if let value = milliseconds(.drainTimeout) { limits.drainMillisecondsMax = value }
        if let value = milliseconds(.dedupeWindow) { limits.dedupeWindowSeconds = value / 1_000 }
        precondition(limits.violations.isEmpty, "the table's ranges keep the limits' relations")
        return limits
    }

    /// What `config show` prints in place of a secret.
    package static let mask = "********"

    /// The value as it may be shown.
    package func shown(_ setting: Setting) -> String? {
        guard let text = text(setting) else { return nil }
        return setting.isSecret ? Self.mask : text
    }

    /// A property's value as it may be shown.
    package func shownKafka(_ name: String) -> String? {
        guard let text = kafka[name]?.text else { return nil }
        return KafkaProperties.isSecret(name) ? Self.mask : text
    }
}
