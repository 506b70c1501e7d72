// Canaries of the commit.

package import EventLog
import EventModel

extension CanaryStream {
    package func beginCommit(_ request: CommitRequest) {
        finishEarlyCommit()
        switch canary {
        case .offsetsOutsideTransaction:
            inner.log.ledger.settle(request.offsets)
            request.offsets = []
        case .timerBatchWithoutOffsets:
            let isStill = request.offsets.allSatisfy { sentOffsets[$0.0] == $0.1 }
            for (place, offset) in request.offsets { sentOffsets[place] = offset }
            if isStill { request.offsets = [] }
        case .idsFromCounter, .effectsBeforeCommit, .timerFiredTwice, .releaseDropped:
            rewrite(request)
        default: break
        }
        inner.beginCommit(request)
    }

    package func commitOutcome(timeoutMilliseconds: Int32) throws(LogError) -> CommitReceipt? {
        let receipt = inner.underWay?.receipt
        if canary == .storeBeforeCommit, let underWay = inner.underWay, underWay.failure == nil {
            isToldEarly = true
            return receipt
        }
        do {
            return try inner.commitOutcome(timeoutMilliseconds: timeoutMilliseconds)
        } catch {
            guard error.reaction == .outcomeUnknown else { throw error }
            switch canary {
            case .unknownIsSuccess: return receipt
            case .unknownIsFailure:
                try inner.reopenProducers()
                throw .simulated("commit", error.code, .decideAnew, error.message)
            default: throw error
            }
        }
    }

    /// What was told to be done is done now, or never.
    func finishEarlyCommit() {
        guard isToldEarly else { return }
        isToldEarly = false
        while inner.underWay != nil {
            do { _ = try inner.commitOutcome(timeoutMilliseconds: 0) } catch { return }
        }
    }

    /// The request with other records.
    private func rewrite(_ request: CommitRequest) {
        var other = TransactionBuffer()
        request.transaction.forEach { record in
            switch canary {
            case .effectsBeforeCommit where record.topic == .holds: sendAtOnce(record)
            case .releaseDropped where record.mentions("holdfast.holdReleased.v1"): break
            case .idsFromCounter where record.topic == .deviations:
                counter += 1
                other.append(record, value: record.withID("id-\(inner.name)-\(counter)"))
            case .timerFiredTwice where record.mentions("holdfast.changeEffective.v1"):
                other.append(record, value: record.value.map { [UInt8]($0) })
                other.append(record, value: record.value.map { [UInt8]($0) })
            default: other.append(record, value: record.value.map { [UInt8]($0) })
            }
        }
        request.transaction = other
    }

    private func sendAtOnce(_ record: BufferedRecord) {
        let place = TopicPartition(record.topic, record.partition)
        var headers: [PlainRecord.Header] = []
        record.forEachHeader { name, value in
            headers.append(.init(name: name.text, value: value.map { [UInt8]($0) }))
        }
        inner.log.append(place, transaction: nil) { offset, time in
            PlainRecord(
                place, offset, time, key: record.key.map { [UInt8]($0) },
                value: record.value.map { [UInt8]($0) }, headers: headers)
        }
    }
}

extension BufferedRecord {
    fileprivate func mentions(_ text: String) -> Bool {
        guard let value else { return false }
        return String(decoding: value, as: UTF8.self).contains(#""type":"\#(text)""#)
    }

    /// The value with another id in its envelope.
    fileprivate func withID(_ id: String) -> [UInt8]? {
        guard let value else { return nil }
        let text = String(decoding: value, as: UTF8.self)
        let parts = text.split(separator: #""id":""#, maxSplits: 1)
        guard parts.count == 2 else { return [UInt8](value) }
        let rest = parts[1].drop { $0 != "\"" }
        return Array("\(parts[0])\"id\":\"\(id)\(rest)".utf8)
    }
}

extension TransactionBuffer {
    fileprivate mutating func append(_ record: BufferedRecord, value: [UInt8]?) {
        withView(value) {
            append(topic: record.topic, partition: record.partition, key: record.key, value: $0)
        }
        record.forEachHeader { addHeader(name: $0, value: $1) }
    }
}
