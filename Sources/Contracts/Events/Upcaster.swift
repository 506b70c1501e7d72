// An older version of a type is read for ever: checked against its own schema, then rewritten step
// by step into the newest, which is all that decisions know. Each version is a case of its own, so
// a new one makes the compiler ask here what becomes of the old.

package import EventModel

/// One step of rewriting: the version it leads to, and how the data changes.
package struct UpcastStep<Version> {
    package let to: Version
    package let rewrite: (JSONView, inout JSONWriter) -> Void

    package init(to: Version, rewrite: @escaping (JSONView, inout JSONWriter) -> Void) {
        self.to = to
        self.rewrite = rewrite
    }
}

extension EventType {
    /// The step to the next version of the type; nil for the newest.
    var upcast: UpcastStep<EventType>? {
        switch self {
        case .lotCreatedV1, .stepStartedV1, .stepCompletedV1, .stepFailedV1, .limitExceededV1,
            .misScanDetectedV1, .interlockViolatedV1, .materialConsumedV1, .holdRequestedV1,
            .holdReleaseApprovedV1, .dispositionDecidedV1, .changeApprovedV1, .changeCancelledV1,
            .documentApprovedV1, .documentRetiredV1, .trainingCompletedV1,
            .equipmentStatusChangedV1:
            nil
        case .holdAppliedV1, .holdReleasedV1, .holdReleaseRefusedV1, .dispositionRecordedV1,
            .dispositionRefusedV1, .deviationRaisedV1, .deviationUpdatedV1, .alertRaisedV1,
            .alertSuppressedV1, .changeEffectiveV1, .changeRefusedV1, .documentEffectiveV1,
            .documentRetiredOutV1, .gateChangedV1:
            nil
        }
    }
}

/// Follows the steps. Owns what the rewritten data points into: valid until the next `newest`.
package struct Upcaster: ~Copyable {
    private var first: UpcastBuffer
    private var second: UpcastBuffer
    private var writer = JSONWriter()

    package init(limits: Limits) {
        first = UpcastBuffer(limits: limits)
        second = UpcastBuffer(limits: limits)
    }

    /// The newest version of a type and the data in it. Two buffers are used in turn, since a step
    /// reads the one while it writes the other. Throws when a rewritten text exceeds the limits.
    package mutating func newest<Version>(
        of version: Version, data: JSONView, steps: (Version) -> UpcastStep<Version>?
    ) throws(JSONError) -> (version: Version, data: JSONView) {
        var (version, data) = (version, data)
        var usesFirst = true
        while let step = steps(version) {
            writer.reset()
            step.rewrite(data, &writer)
            data = usesFirst ? try first.read(writer.bytes) : try second.read(writer.bytes)
            usesFirst.toggle()
            version = step.to
        }
        return (version, data)
    }
}

/// A rewritten text and its view.
private struct UpcastBuffer: ~Copyable {
    private var parser: JSONParser
    private var text = ByteBuffer()

    init(limits: Limits) { parser = JSONParser(limits: limits) }

    mutating func read(_ bytes: [UInt8]) throws(JSONError) -> JSONView {
        bytes.withUnsafeBytes { text.assign($0) }
        return try parser.parse(text.bytes)
    }
}
