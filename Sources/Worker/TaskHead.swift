// The head of a task: the row of holdfast.state that says where it stands. Written with every
// batch; the truth for where to start (docs/design.md, commit protocol).

import Contracts
package import EventModel

/// Where a task stands.
package struct TaskHead: Equatable, Sendable {
    package static let version: Int64 = 1
    /// The state key, after the task's number.
    package static let key = "head"

    /// Counts acquisitions of the task.
    package var epoch: Int64
    /// Counts batches, across epochs.
    package var sequence: Int64
    /// The offset to go on from, per input topic.
    package var positions: [Topic: Offset]
    package var timersTo: Instant
    /// `now` of the last batch.
    package var now: Instant
    /// Greatest append time shown, per deduped input topic.
    package var clocks: [Topic: Instant]
    /// SHA-256 of the last batch record, in hex.
    package var hash: String
    package var policyDigest: String
    /// The partition count, fixed for a deployment's life.
    package var partitions: Int32
    /// Whose head it is: two deployments on the same topics would take over each other's tasks.
    package var deployment: String

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("clocks")
        writer.beginObject()
        for topic in clocks.keys.sorted(by: { $0.name < $1.name }) {
            writer.name(topic.name)
            writer.string(clocks[topic]!.text)
        }
        writer.endObject()
        writer.member("deployment", deployment)
        writer.member("epoch", epoch)
        writer.member("hash", hash)
        writer.member("now", now.text)
        writer.member("partitions", Int64(partitions))
        writer.member("policy", policyDigest)
        writer.name("positions")
        writer.beginObject()
        for topic in positions.keys.sorted(by: { $0.name < $1.name }) {
            writer.name(topic.name)
            writer.integer(positions[topic]!.rawValue)
        }
        writer.endObject()
        writer.member("sequence", sequence)
        writer.member("timersTo", timersTo.text)
        writer.member("v", Self.version)
        writer.endObject()
    }

    /// What epochs and sequences can be: each is followed by a next one.
    private static let countsMax: ClosedRange<Int64> = 0...(.max / 2)

    /// Reads a head row. Nil when it is none; `newer` when a newer worker wrote it.
    static func read(_ view: JSONView) -> Reading {
        guard let version = view.integer("v") else { return .unreadable }
        guard version == Self.version else { return .newer(version) }
        guard let epoch = view.integer("epoch"), let sequence = view.integer("sequence"),
            let deployment = view.text("deployment"), let hash = view.text("hash"),
            let policy = view.text("policy"),
            let partitions = view.integer("partitions").flatMap(Int32.init(exactly:)),
            let timersTo = view.string("timersTo").flatMap(Instant.init(rfc3339:)),
            let now = view.string("now").flatMap(Instant.init(rfc3339:)),
            let positionsView = view.member("positions"), let clocksView = view.member("clocks")
        else { return .unreadable }
        var positions: [Topic: Offset] = [:]
        positionsView.forEachMember { name, value in
            if let topic = Topic(name: name.text), let offset = Int64(value.bytes.text),
                offset >= 0,
                offset < .max
            {
                positions[topic] = Offset(offset)
            }
        }
        var clocks: [Topic: Instant] = [:]
        clocksView.forEachMember { name, value in
            if let topic = Topic(name: name.text), let instant = Instant(rfc3339: value.bytes) {
                clocks[topic] = instant
            }
        }
        guard positions.count == Topic.inputs.count, countsMax.contains(epoch),
            countsMax.contains(sequence)
        else { return .unreadable }
        return .head(
            TaskHead(
                epoch: epoch, sequence: sequence, positions: positions, timersTo: timersTo,
                now: now, clocks: clocks, hash: hash, policyDigest: policy, partitions: partitions,
                deployment: deployment))
    }

    /// The head in these bytes, or why a worker cannot go on.
    package static func parse(_ bytes: [UInt8], limits: Limits) throws(WorkerError) -> TaskHead {
        var parser = JSONParser(limits: limits.forOwnRecords)
        let reading: Reading = bytes.withUnsafeBytes { bytes in
            guard let view = try? parser.parse(bytes) else { return .unreadable }
            return read(view)
        }
        switch reading {
        case .head(let head): return head
        case .newer(let version): throw .newer("the task's head", version: version)
        case .unreadable:
            throw WorkerError(
                kind: .contradiction, message: "the task's head cannot be read",
                hint: "Something else wrote to holdfast.state or to the state file: "
                    + "run with --rebuild-state; if that fails, the topic is damaged.")
        }
    }

    /// What bytes said to be a head turned out to be.
    enum Reading: Equatable {
        case head(TaskHead)
        case newer(Int64)
        case unreadable
    }
}
