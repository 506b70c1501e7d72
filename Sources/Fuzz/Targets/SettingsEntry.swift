// Settings of a call: lines NAME=VALUE are the environment, lines --NAME=VALUE are flags, and after
// a line `---` comes holdfast.yaml. The same text is read as a topic file.

import Configuration
import EventModel

/// Resolves settings and uses every value that came of them.
final class SettingsEntry: FuzzEntry {
    private static let line = Array("\n---\n".utf8)

    func run(_ input: ByteView) {
        let place = SchemaEntry.find(Self.line, in: input)
        let file = place.map { Array(input[($0 + Self.line.count)...]) } ?? Array(input)
        var environment: [String: String] = [:]
        var flags: [SettingsResolver.Flag] = []
        for line in input[..<(place ?? 0)].split(separator: 0x0a) {
            let text = ByteView(rebasing: line).text
            guard let equals = text.firstIndex(of: "=") else { continue }
            let value = String(text[text.index(after: equals)...])
            guard text.hasPrefix("--") else {
                environment[String(text[..<equals])] = value
                continue
            }
            let name = text[..<equals].dropFirst(2)
            if let setting = Setting.table.first(where: { $0.name == name }) {
                flags.append(.init(setting: setting, text: value))
            }
        }
        do throws(ConfigurationError) {
            let settings = try SettingsResolver.resolve(
                flags: flags, environment: environment
            ) { _ in file }
            _ = settings.limits
            _ = settings.log
            _ = settings.kafkaProperties
        } catch { _ = error.description }
        do throws(ConfigurationError) {
            let contract = try TopicContract(yaml: file, file: "t.yaml", limits: Limits())
            _ = contract.kafkaSettings
        } catch { _ = error.description }
    }
}
