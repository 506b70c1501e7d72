// A batch record as read back from holdfast.audit.

package import EventModel

/// What deciding a batch again needs of its record: the luck.
package struct RecordedBatch {
    var epoch: Int64
    var sequence: Int64
    var now: Instant
    var timersTo: Instant
    var ranges: [OffsetRange]
    var previous: String
    var policyText: String?

    /// Nil when this is no batch record that this version can read.
    package init?(_ view: JSONView) {
        guard view.integer("v") == BatchRecord.version, let epoch = view.integer("epoch"),
            let sequence = view.integer("sequence"),
            let now = view.string("now").flatMap(Instant.init(rfc3339:)),
            let timersTo = view.string("timersTo").flatMap(Instant.init(rfc3339:)),
            let previous = view.text("previous"),
            let ranges = BatchRecord.ranges(named: "ranges", in: view)
        else { return nil }
        self.epoch = epoch
        self.sequence = sequence
        self.now = now
        self.timersTo = timersTo
        self.previous = previous
        self.ranges = ranges
        policyText = view.member("policyText")?.bytes.text
    }
}
