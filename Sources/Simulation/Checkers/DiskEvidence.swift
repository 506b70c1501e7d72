// What one worker's disk holds of one task.

package import EventModel

/// A task's file, read.
package struct DiskEvidence: Sendable {
    package struct Row: Equatable, Sendable {
        package var key: [UInt8]
        package var value: [UInt8]
        package init(key: [UInt8], value: [UInt8]) {
            self.key = key
            self.value = value
        }
    }
    /// An id in the dedupe window.
    package struct Sighting: Equatable, Sendable {
        package var topic: Topic
        package var identity: Fingerprint
        /// floor(append time / width of a bucket).
        package var bucket: Int64
        package init(topic: Topic, identity: Fingerprint, bucket: Int64) {
            self.topic = topic
            self.identity = identity
            self.bucket = bucket
        }
    }

    package var worker: String
    package var task: Int32
    /// The worker owns the task at the end: its disk must have come to the end of the log.
    package var isOwner: Bool
    /// In the order of their keys.
    package var rows: [Row]
    package var head: [UInt8]?
    /// The offset of holdfast.state that the disk would roll forward from.
    package var changelogNext: Int64?
    package var sightings: [Sighting]

    package init(
        worker: String, task: Int32, isOwner: Bool, rows: [Row], head: [UInt8]?,
        changelogNext: Int64?, sightings: [Sighting]
    ) {
        self.worker = worker
        self.task = task
        self.isOwner = isOwner
        self.rows = rows
        self.head = head
        self.changelogNext = changelogNext
        self.sightings = sightings
    }
}
