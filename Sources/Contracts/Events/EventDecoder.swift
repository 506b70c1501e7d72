// Intake as far as it needs no state: from a record to a checked event, or to a named refusal. The
// stages stand below in the order of docs/design.md; the first refusal counts. What needs state
// follows in the worker: dedupe (identityConflict), and unknownSource and danglingReference where
// the policy asks for them.

import Digests
package import EventModel

/// What became of a record.
package enum Decoded {
    /// Valid until the decoder's next `decode`, and as long as the record.
    case event(InboundEvent)
    case refused(Rejection)
}

/// Decodes the records of one slot, one at a time. Used by one thread.
package final class EventDecoder {
    private let registry: ContractRegistry
    private let limits: Limits
    private let partitionCount: Int32
    private let fingerprinter = Fingerprinter()
    private var reader: EnvelopeReader
    private var upcaster: Upcaster

    /// `partitionCount` is that of the six co-partitioned topics.
    package init(registry: ContractRegistry, limits: Limits, partitionCount: Int32) {
        precondition(partitionCount > 0, "a topic has partitions")
        self.registry = registry
        self.limits = limits
        self.partitionCount = partitionCount
        reader = EnvelopeReader(limits: limits)
        upcaster = Upcaster(limits: limits)
    }

    /// The event in a record of an input topic, or why there is none.
    package func decode(
        key: ByteView?, value: ByteView?, headers: UnsafeBufferPointer<HeaderView>, topic: Topic,
        partition: Partition, offset: Offset, appendTime: Instant
    ) -> Decoded {
        do {
            try admit(key: key, value: value)
            guard let value else {
                _ = try place(key: key, hasValue: false, partition: partition)
                preconditionFailure("a record without a value has no place")
            }
            let envelope = try reader.read(value: value, headers: headers)
            let key = try place(key: key, hasValue: true, partition: partition)
            let type = try known(envelope.type, on: topic)
            let data = try check(type, envelope.data)
            try own(type, key: key, data: data)
            return .event(
                try event(
                    envelope, type: type, data: data, key: key, offset: offset,
                    appendTime: appendTime))
        } catch {
            return .refused(error)
        }
    }

    // MARK: one function per stage: the verdict, and the refusal in words

    private func admit(key: ByteView?, value: ByteView?) throws(Rejection) {
        switch SizeStage.verdict(key: key, value: value, limits: limits) {
        case .fits: return
        case .valueTooLarge:
            throw Rejection(
                .tooLarge,
                "the value has \(value?.count ?? 0) bytes, at most "
                    + "\(limits.recordBytesMax) are taken"
            )
        case .keyTooLarge:
            throw Rejection(
                .tooLarge,
                "the key has \(key?.count ?? 0) bytes, at most \(limits.keyBytesMax) are taken")
        }
    }

    private func place(
        key: ByteView?, hasValue: Bool, partition: Partition
    ) throws(Rejection) -> ByteView {
        let present: ByteView
        switch PresenceStage.verdict(key: key, hasValue: hasValue) {
        case .complete(let key): present = key
        case .keyMissing:
            throw Rejection(.keyMissing, key == nil ? "the key is null" : "the key is empty")
        case .emptyValue: throw Rejection(.emptyValue, "the value is null")
        }
        switch PlacementStage.verdict(key: present, partition: partition, count: partitionCount) {
        case .inPlace: return present
        case .belongsIn(let right):
            throw Rejection(
                .wrongPartition,
                "key \(Rejection.quote(present)) belongs in partition \(right.rawValue) of "
                    + "\(partitionCount), not in \(partition.rawValue)")
        }
    }

    private func known(_ name: ByteView, on topic: Topic) throws(Rejection) -> EventType {
        switch TypeStage.verdict(name, topic: topic, table: registry.types) {
        case .known(let type): return type
        case .ofOtherTopic(let type):
            throw Rejection(
                .unknownType, "\(type.name) belongs to \(type.topic.name), not to \(topic.name)")
        case .unknown:
            throw Rejection(
                .unknownType, "\(topic.name) has no type \(Rejection.quote(name))")
        }
    }

    private func check(_ type: EventType, _ data: ReceivedData) throws(Rejection) -> JSONView {
        switch ContractStage.verdict(type, data: data, registry: registry) {
        case .kept(let value): return value
        case .violated(let violation):
            throw Rejection(.contractViolated, violation.description)
        case .dataMissing: throw Rejection(.contractViolated, "data is missing")
        case .notJSON: throw Rejection(.contractViolated, "datacontenttype is not JSON")
        }
    }

    private func own(_ type: EventType, key: ByteView, data: JSONView) throws(Rejection) {
        switch SubjectStage.verdict(type, key: key, data: data) {
        case .same: return
        case .differs(let subject):
            throw Rejection(
                .wrongKey,
                "the key is \(Rejection.quote(key)), the subject \(Rejection.quote(subject))")
        case .unnamed: throw Rejection(.contractViolated, "the data names no subject")
        }
    }

    /// Fingerprints are taken before upcasting (design rule 5).
    private func event(
        _ envelope: Envelope, type: EventType, data: JSONView, key: ByteView, offset: Offset,
        appendTime: Instant
    ) throws(Rejection) -> InboundEvent {
        let received: ByteView
        switch envelope.data {
        case .json(_, let bytes): received = bytes
        case .absent, .opaque: preconditionFailure("refused by the contract")
        }
        let content = fingerprinter.content(
            type: envelope.type, subject: envelope.subject, time: envelope.timeText,
            data: received)
        let newest: (version: EventType, data: JSONView)
        do {
            newest = try upcaster.newest(of: type, data: data) { $0.upcast }
        } catch {
            throw Rejection(.tooLarge, "in its newest version: \(error)")
        }
        return InboundEvent(
            type: newest.version, source: envelope.source, id: envelope.id, offset: offset,
            appendTime: appendTime, key: key, timeText: envelope.timeText, time: envelope.time,
            data: newest.data,
            identity: fingerprinter.identity(source: envelope.source, id: envelope.id),
            content: content, extensions: UnsafePointer(reader.extensions))
    }
}
