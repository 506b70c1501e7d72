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
    private let types: EventTypeIndex
    private var reader: EnvelopeReader
    private var upcaster: Upcaster
    /// The latest event, in its place: it is too large to be handed from function to function.
    private let latest: UnsafeMutablePointer<InboundEvent>

    /// `partitionCount` is that of the six co-partitioned topics.
    package init(registry: ContractRegistry, limits: Limits, partitionCount: Int32) {
        precondition(partitionCount > 0, "a topic has partitions")
        self.registry = registry
        self.limits = limits
        self.partitionCount = partitionCount
        types = registry.types.index
        latest = .allocate(capacity: 1)
        reader = EnvelopeReader(limits: limits)
        upcaster = Upcaster(limits: limits)
    }

    deinit { latest.deallocate() }

    /// The event that `read` has left. Valid after a `read` that refused nothing, until the next.
    package var event: UnsafePointer<InboundEvent> { UnsafePointer(latest) }

    /// The event in a record of an input topic, or why there is none.
    package func decode(
        key: ByteView?, value: ByteView?, headers: UnsafeBufferPointer<HeaderView>, topic: Topic,
        partition: Partition, offset: Offset, appendTime: Instant
    ) -> Decoded {
        let refusal = read(
            key: key, value: value, headers: headers, topic: topic, partition: partition,
            offset: offset, appendTime: appendTime)
        return refusal.map(Decoded.refused) ?? .event(latest.pointee)
    }

    /// The same without a copy: nil when there is an event, which is in `event` then.
    package func read(
        key: ByteView?, value: ByteView?, headers: UnsafeBufferPointer<HeaderView>, topic: Topic,
        partition: Partition, offset: Offset, appendTime: Instant
    ) -> Rejection? {
        do {
            try admit(key: key, value: value)
            guard let value else {
                _ = try place(key: key, hasValue: false, partition: partition)
                preconditionFailure("a record without a value has no place")
            }
            let envelope = try reader.read(value: value, headers: headers)
            let key = try place(key: key, hasValue: true, partition: partition)
            let type = try known(envelope.pointee.type, on: topic)
            let data = try check(type, envelope.pointee.data)
            try own(type, key: key, data: data)
            try take(envelope, type: type, data: data)
            latest.pointee.key = key
            latest.pointee.offset = offset
            latest.pointee.appendTime = appendTime
            return nil
        } catch {
            return error
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
        switch TypeStage.verdict(name, topic: topic, table: types) {
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

    /// The envelope's part of the event. Fingerprints are taken before upcasting (design rule 5).
    private func take(
        _ envelope: UnsafePointer<Envelope>, type: EventType, data: JSONView
    ) throws(Rejection) {
        guard case .json(_, let received) = envelope.pointee.data else {
            preconditionFailure("refused by the contract")
        }
        latest.pointee.content = fingerprinter.content(
            type: envelope.pointee.type, subject: envelope.pointee.subject,
            time: envelope.pointee.timeText, data: received)
        latest.pointee.identity = fingerprinter.identity(
            source: envelope.pointee.source, id: envelope.pointee.id)
        do {
            let newest = try upcaster.newest(of: type, data: data) { $0.upcast }
            latest.pointee.type = newest.version
            latest.pointee.data = newest.data
        } catch {
            throw Rejection(.tooLarge, "in its newest version: \(error)")
        }
        latest.pointee.source = envelope.pointee.source
        latest.pointee.id = envelope.pointee.id
        latest.pointee.timeText = envelope.pointee.timeText
        latest.pointee.time = envelope.pointee.time
        latest.pointee.extensions = UnsafePointer(reader.extensions)
    }
}
