// A task without its shell: records are decoded and decided, signals go straight back in, timers
// fire. Then the properties that a restart and every reader downstream rely on:
//
//   - the rows in the changelog are the state in memory, and a state read back from them is equal;
//   - what goes out keeps its own contract;
//   - what is written for another task can be read by it.

import Contracts
import Decisions
import EventModel

/// Decides inputs, each from nothing.
final class DecisionRun {
    private let registry: ContractRegistry
    private let decoder: EventDecoder
    private var parser: JSONParser
    private var rowParser: JSONParser
    private let limits = Limits()
    private static let recordsMax = 16
    private static let signalsMax = 64
    private static let timersMax = 64

    private var state = TaskState(policy: .standard, limits: Limits())
    private var encoder = OutboundEncoder(deployment: "fuzz", policyDigest: "")
    private var effects = Effects()
    private var rows: [String: [UInt8]] = [:]
    private var signals: [[UInt8]] = []
    private var signalOffset: Int64 = 0
    private var now = Instant(milliseconds: 0)

    init() throws {
        registry = try ContractRegistry(limits: limits)
        decoder = EventDecoder(registry: registry, limits: limits, partitionCount: 1)
        parser = JSONParser(limits: limits.forOwnRecords)
        rowParser = JSONParser(limits: limits.forOwnRecords)
    }

    func decide(_ input: ByteView, policy: Policy) {
        state = TaskState(policy: policy, limits: limits)
        encoder = OutboundEncoder(deployment: "fuzz", policyDigest: policy.digest)
        effects = Effects()
        rows.removeAll()
        signals.removeAll()
        signalOffset = 0
        now = Instant(milliseconds: 1_767_592_800_000)
        var offset: Int64 = 0
        InputRecord.forEach(in: input, max: Self.recordsMax) { record in
            now = now.advanced(seconds: 61)
            offset += 1
            take(record, offset: offset, policy: policy)
            applySignals()
        }
        compareWithRows(policy)
        var fired = 0
        while state.nextTimer != nil, fired < Self.timersMax {
            fired += 1
            state.fireNextTimer(now: now, into: &effects)
            takeEffects()
            applySignals()
        }
        now = now.advanced(seconds: 90_000)
        state.expireGroups(timersTo: now, into: &effects)
        takeEffects()
        compareWithRows(policy)
    }

    private func take(_ record: InputRecord, offset: Int64, policy: Policy) {
        guard record.topic == .mesExecution || record.topic == .qmsQuality else { return }
        let decoded = RecordEntry.decode(
            record, with: decoder, offset: offset, appendTime: now.advanced(seconds: -1))
        guard case .event(let event) = decoded, policy.accepts(source: event.source) else { return }
        state.apply(event, now: now, into: &effects)
        takeEffects()
    }

    private func applySignals() {
        var taken = 0
        while !signals.isEmpty, taken < Self.signalsMax {
            let value = signals.removeFirst()
            taken += 1
            signalOffset += 1
            value.withUnsafeBytes { bytes in
                do {
                    try state.apply(
                        signal: try parser.parse(bytes), offset: Offset(signalOffset),
                        appendTime: now, now: now, into: &effects)
                } catch {
                    Finding.stop("a signal of ours cannot be read: \(error): \(bytes.text)")
                }
            }
            takeEffects()
        }
        signals.removeAll()
    }

    private func takeEffects() {
        for event in effects.outbound { check(event) }
        for signal in effects.signals { signals.append(signal.value) }
        for row in effects.rows { rows[row.key] = row.value }
        effects.reset()
    }

    /// An outbound event is JSON whose data keeps the contract that consumers have.
    private func check(_ event: OutboundEvent) {
        let bytes = encoder.encode(event)
        do throws(JSONError) {
            let view = try parser.parse(bytes)
            guard let data = view.member("data") else { Finding.stop("no data: \(bytes.text)") }
            if let violation = registry.violation(of: event.type, in: data) {
                Finding.stop("\(event.type.name): \(violation.description): \(bytes.text)")
            }
        } catch {
            Finding.stop("an outbound event cannot be read: \(error): \(bytes.text)")
        }
    }

    /// What the changelog carries is what is in memory, and reads back as it.
    private func compareWithRows(_ policy: Policy) {
        let dump = state.dump()
        var restored = TaskState(policy: policy, limits: limits)
        var kept = 0
        for (key, value) in rows {
            if !key.hasPrefix("member/") { kept += 1 }
            load(key, value, into: &restored)
        }
        Finding.require(
            kept == dump.count, "\(kept) rows in the changelog, \(dump.count) in memory")
        for row in dump {
            Finding.require(rows[row.key] == row.value, "the changelog lacks row \(row.key)")
        }
        Finding.require(restored.dump() == dump, "the state read back is another one")
        Finding.require(
            restored.nextTimer == state.nextTimer, "the next timer read back is another one")
    }

    private func load(_ key: String, _ value: [UInt8], into restored: inout TaskState) {
        var key = key
        key.withUTF8 { key in
            value.withUnsafeBytes { value in
                do {
                    try restored.load(key: ByteView(key), value: try rowParser.parse(value))
                } catch {
                    Finding.stop("a row of ours cannot be read: \(error): \(value.text)")
                }
            }
        }
    }
}
