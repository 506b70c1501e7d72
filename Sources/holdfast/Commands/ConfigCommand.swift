// `holdfast config check|show`: what would hold, and who said so. Secrets are masked here and
// nowhere else printed.

import Configuration
import Decisions
import EventLog
import EventModel
import KafkaLog

/// Checks or prints the settings. Resolving them has checked them already.
package enum ConfigCommand {
    package static func run(_ call: Invocation) throws(CommandError) {
        let policy = try policy(of: call)
        try checkProperties(call)
        if call.arguments.first == "check" {
            try check(call, policy: policy)
        } else {
            show(call)
        }
    }

    private static func policy(of call: Invocation) throws(CommandError) -> String {
        guard let path = call.settings.text(.policy) else { return "built in" }
        do throws(ConfigurationError) {
            let policy = try PolicyFile.read(path, limits: call.settings.limits)
            return "\(path), digest \(policy.digest)"
        } catch { throw CommandError(error) }
    }

    // librdkafka knows its properties; asking it touches no network.
    private static func checkProperties(_ call: Invocation) throws(CommandError) {
        guard call.arguments.first == "check", case .kafka = call.settings.log else { return }
        do throws(LogError) {
            try LogFactory.kafka(call.settings).validate()
        } catch { throw CommandError(error) }
    }

    private static func check(_ call: Invocation, policy: String) throws(CommandError) {
        if call.settings.isJSON {
            var json = JSONWriter()
            json.beginObject()
            json.member("ok", true)
            json.member("policy", policy)
            json.endObject()
            call.terminal.line(bytes: json.bytes)
        } else {
            call.terminal.line(call.terminal.styled("The settings are right.", .green))
            call.terminal.line("Policy: \(Terminal.visible(policy)).")
        }
    }

    private struct Row {
        let name: String
        let value: String?
        let origin: String?
        let key: String
    }

    private static func show(_ call: Invocation) {
        let settings = call.settings
        var rows = Setting.configurable.filter { $0.kind != .property }.map { setting in
            Row(
                name: setting.name, value: settings.shown(setting),
                origin: settings.resolved(setting)?.origin.text, key: setting.key ?? setting.name)
        }
        for name in settings.kafka.keys.sorted() {
            rows.append(
                Row(
                    name: "kafka \(name)", value: settings.shownKafka(name),
                    origin: settings.kafka[name]?.origin.text, key: "kafka.\(name)"))
        }
        guard settings.isJSON else {
            let cells = rows.map { [$0.name, $0.value ?? "-", $0.origin ?? "not set"] }
            for line in Table.lines(head: ["SETTING", "VALUE", "FROM"], rows: cells) {
                call.terminal.line(line)
            }
            return
        }
        for row in rows {
            var json = JSONWriter()
            json.beginObject()
            json.member("from", row.origin ?? "not set")
            json.member("key", row.key)
            json.name("value")
            if let value = row.value { json.string(value) } else { json.null() }
            json.endObject()
            call.terminal.line(bytes: json.bytes)
        }
    }
}
