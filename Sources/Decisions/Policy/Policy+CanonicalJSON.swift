// The policy's one text: equal policies give equal bytes, and the digest of those bytes names the
// policy in every outbound event.

import Digests
import EventModel

extension Policy {
    static func digest(of text: String) -> String {
        var text = text
        return text.withUTF8 { SHA256.hex(of: ByteView($0)) }
    }

    static func canonicalJSON(
        holds: [HoldRule], defaultSeverities: [Trigger: Severity], signals: [Trigger],
        correlation: Correlation, intake: Intake
    ) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.name("correlation")
        write(correlation, to: &json)
        json.name("defaultSeverities")
        json.beginObject()
        for (trigger, severity) in defaultSeverities.sorted(by: { $0.key < $1.key }) {
            json.name(trigger.rawValue)
            json.string(severity.rawValue)
        }
        json.endObject()
        json.name("holds")
        json.beginArray()
        for rule in holds { write(rule, to: &json) }
        json.endArray()
        json.name("intake")
        json.beginObject()
        json.name("acceptedSources")
        if let sources = intake.acceptedSources {
            write(sources, to: &json)
        } else {
            json.string("all")
        }
        json.member("requireRegisteredLots", intake.requireRegisteredLots)
        json.endObject()
        json.name("signals")
        write(signals.map(\.rawValue), to: &json)
        json.member("version", version)
        json.endObject()
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static func write(_ correlation: Correlation, to json: inout JSONWriter) {
        json.beginObject()
        json.name("dimensions")
        write(correlation.dimensions.map(\.rawValue), to: &json)
        json.member("gapSeconds", correlation.gapSeconds)
        json.member("groupRetentionSeconds", correlation.groupRetentionSeconds)
        json.member("membersMax", Int64(correlation.membersMax))
        json.member("spanSeconds", correlation.spanSeconds)
        json.name("trustedSources")
        write(correlation.trustedSources, to: &json)
        json.endObject()
    }

    private static func write(_ rule: HoldRule, to json: inout JSONWriter) {
        json.beginObject()
        json.name("holds")
        write(rule.holds.map(\.rawValue), to: &json)
        if let kinds = rule.limitKinds {
            json.name("limitKinds")
            write(kinds.map(\.rawValue), to: &json)
        }
        json.member("owner", rule.owner)
        json.name("severities")
        write(rule.severities.map(\.rawValue), to: &json)
        json.member("type", rule.type.rawValue)
        json.endObject()
    }

    private static func write(_ texts: [String], to json: inout JSONWriter) {
        json.beginArray()
        for text in texts { json.string(text) }
        json.endArray()
    }
}
