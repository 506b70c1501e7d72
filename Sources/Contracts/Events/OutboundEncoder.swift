// Outbound events as bytes: structured CloudEvents with a fixed order of members, so that equal
// events are equal bytes for ever (golden files in Tests/ContractsTests/Golden). What the data of
// each type holds is in OutboundEncoder+Payload.swift.

package import EventModel

/// Writes outbound events of one deployment under one policy. Used by one thread.
package struct OutboundEncoder: ~Copyable {
    /// The one header of every outbound event.
    package static let contentType: (name: StaticString, value: StaticString) = (
        name: "content-type", value: "application/cloudevents+json; charset=UTF-8"
    )

    private let source: String
    private let policyDigest: String
    private var writer = JSONWriter(reserving: 2_048)
    private var buffer = ByteBuffer()

    /// `deployment` is the deployment's name, `policyDigest` SHA-256 in hex.
    package init(deployment: String, policyDigest: String) {
        source = "/holdfast/\(deployment)"
        self.policyDigest = policyDigest
    }

    /// The event's bytes, valid until the next `encode`.
    package mutating func encode(_ event: OutboundEvent) -> ByteView {
        writer.reset()
        writer.beginObject()
        writer.member("specversion", "1.0")
        writer.member("id", event.id)
        writer.member("source", source)
        writer.member("type", event.type.text)
        writer.member("subject", event.subject.text)
        writer.member("time", event.time)
        writer.member("datacontenttype", "application/json")
        writeExtensions(of: event)
        writer.name("data")
        writer.beginObject()
        writeCommon(of: event)
        Self.write(event.payload, to: &writer)
        writer.endObject()
        writer.endObject()
        writer.withBytes { buffer.assign($0) }
        return buffer.bytes
    }

    /// In the order of `Extension`; causationid is the cause's id, whatever the cause carried.
    private mutating func writeExtensions(of event: OutboundEvent) {
        for name in Extension.allCases {
            if name == .causationid {
                writer.member(name.name, event.cause.id)
            } else if let carried = event.extensions.first(where: { $0.name == name }) {
                writer.member(name.name, carried.value)
            }
        }
    }

    private mutating func writeCommon(of event: OutboundEvent) {
        writer.name("cause")
        writer.beginObject()
        writer.member("source", event.cause.source)
        writer.member("id", event.cause.id)
        writer.member("type", event.cause.type)
        writer.endObject()
        writer.name("rule")
        writer.beginObject()
        writer.member("id", event.rule)
        writer.member("version", 1)
        writer.endObject()
        writer.member("policyDigest", policyDigest)
    }
}
