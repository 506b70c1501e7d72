// Reading a task's file for the checkers. Blocks of sightings are taken apart here, by the layout
// that docs/decisions/0002 gives: 16 bytes of header, then 24 an entry.

import EventModel
package import Store

extension DiskEvidence {
    /// Reads an open store; nothing may write to it meanwhile.
    package init(_ store: TaskStore, worker: String, task: Int32, isOwner: Bool)
        throws(StoreError)
    {
        var rows: [Row] = []
        var cursor = try store.rows()
        while let row = try cursor.next() {
            rows.append(Row(key: [UInt8](row.key), value: [UInt8](row.value)))
        }
        var sightings: [Sighting] = []
        for topic in [Topic.mesExecution, .qmsQuality] {
            var blocks = try store.sightings(topic: topic, fromBucket: .min)
            while let block = try blocks.next() {
                sightings += Self.entries(of: block.bytes).map {
                    Sighting(topic: topic, identity: $0, bucket: block.bucket)
                }
            }
        }
        self.init(
            worker: worker, task: task, isOwner: isOwner, rows: rows, head: store.head,
            changelogNext: store.changelogNext?.rawValue, sightings: sightings)
    }

    static func entries(of block: [UInt8]) -> [Fingerprint] {
        stride(from: 16, to: block.count - 23, by: 24).map { at in
            func word(_ start: Int) -> UInt64 {
                (0..<8).reduce(0) { $0 | UInt64(block[start + $1]) << UInt64($1 * 8) }
            }
            return Fingerprint(low: word(at), high: word(at + 8))
        }
    }
}
