// Every limit of the worker, with its unit in its name, in this one file. The relations between
// them are checked when the value is made.

/// What bounds the worker. Defaults are the product's; tests make smaller ones.
package struct Limits: Sendable, Equatable {
    /// Largest value of an inbound record, in bytes; larger ones are dead letters (tooLarge).
    package var recordBytesMax = 1_048_576
    /// Largest key of an inbound record, in bytes.
    package var keyBytesMax = 4_096
    /// Deepest nesting of JSON, containers in containers.
    package var jsonDepthMax = 32
    /// Most values (and names) in one JSON text.
    package var jsonNodesMax = 200_000
    /// Largest attribute of an event's envelope (id, source, subject, extensions), in bytes.
    package var attributeBytesMax = 1_024
    /// A batch holds at most so many records.
    package var batchRecordsMax = 100_000
    /// A batch is closed when it has so many bytes to write: dead letters are whole records.
    package var batchBytesMax = 33_554_432
    /// A batch is closed when it has refused so many ranges of offsets: its record lists them all,
    /// and must fit into a record of holdfast.audit (1.1 MiB; a range takes some 70 bytes).
    package var batchRefusedRangesMax = 4_000
    /// A batch is committed so long after its first record, in milliseconds.
    package var commitIntervalMilliseconds: Int64 = 100
    /// Records older than this, in milliseconds, are a backlog: their holds wait for the commit
    /// interval instead.
    package var backlogMilliseconds: Int64 = 1_000
    /// While a backlog is read, a batch is committed so long after its first record, in
    /// milliseconds (when the commit interval is not longer): a transaction costs about one request
    /// per partition that it touches, however few its records.
    package var backlogCommitMilliseconds: Int64 = 500
    /// While a commit is under way, nothing is polled once a stream thread has so many records to
    /// decide.
    package var inHandRecordsMax = 100_000
    /// The same in bytes of their values.
    package var inHandBytesMax = 67_108_864
    /// A stream thread holds about so many undecided records; beyond it the inputs that hold most
    /// are not read on (one whose records are all younger than another's backlog).
    package var heldRecordsMax = 400_000
    /// The same in bytes of their values.
    package var heldBytesMax = 268_435_456
    /// While there is work, what was committed goes to a task's file so long after its commit, in
    /// milliseconds, several batches in one transaction of the file: most rows of a backlog change
    /// again soon. After a crash the log brings back what the file lacks.
    package var storeDelayMilliseconds: Int64 = 1_000
    /// Sooner than that once so much of a task waits for its file, in bytes of sightings and rows.
    package var unstoredBytesMax = 33_554_432
    /// How long a record waits for an input that may still bring an older one, in microseconds.
    package var mergeWaitMicrosecondsMax: Int64 = 1_000
    /// Width of a dedupe bucket (design rule 6).
    package var dedupeBucketSeconds: Int64 = 3_600
    /// The dedupe window W (design rule 6), in seconds: 24 h.
    package var dedupeWindowSeconds: Int64 = 86_400
    /// How far outside [send, report] a broker's append time may lie (design rule 3).
    package var clockSkewMillisecondsMax: Int64 = 5_000
    /// A clock measurement older than this fires no timer (design rule 3).
    package var clockMeasureMillisecondsMax: Int64 = 10_000
    /// A measuring batch is made at most so often (design rule 3).
    package var clockMeasureIntervalMilliseconds: Int64 = 1_000
    /// Session of the consumer group and of a transaction, in milliseconds.
    package var sessionMilliseconds: Int64 = 10_000
    /// Topics that a broker does not know at the start are asked for again for so long, in
    /// milliseconds.
    package var unknownTopicsMillisecondsMax: Int64 = 5_000
    /// A stream thread whose name was taken joins its group again at most so often, in
    /// milliseconds.
    package var joinAgainMillisecondsMin: Int64 = 600_000
    /// SIGTERM: everything is committed and left within this time, in milliseconds.
    package var drainMillisecondsMax: Int64 = 20_000
    /// How long the end of a stream thread waits for a recovery that it has given up, in
    /// milliseconds.
    package var recoveryEndMillisecondsMax: Int64 = 6_000
    /// Rows of a changelog that a restore holds before it writes them, in bytes: a state that fits
    /// is written sorted and at once.
    package var restoreBytesMax = 536_870_912
    /// holdIds listed in an event (openHolds, blockers).
    package var listedHoldsMax = 100
    /// A YAML file that we read, in bytes.
    package var configurationBytesMax = 4_194_304
    /// A line of `produce`'s input, in bytes.
    package var produceLineBytesMax = 4_194_304

    /// Largest `membersMax` that a policy may ask for: a group's end removes a row per member.
    package static let groupMembersMax = 1_000_000

    package init() {}

    /// The limits for our own records (signals, rows, heads), which our own limits bound already.
    package var forOwnRecords: Limits {
        var limits = self
        limits.recordBytesMax = 16_777_216
        limits.jsonNodesMax = 2_000_000
        limits.jsonDepthMax = jsonDepthMax + 8
        return limits
    }

    /// The relations that must hold, as sentences that are false when broken.
    package var violations: [String] {
        var found: [String] = []
        if dedupeWindowSeconds % dedupeBucketSeconds != 0 {
            found.append("the dedupe window must be a whole number of buckets")
        }
        if max(commitIntervalMilliseconds, backlogCommitMilliseconds) * 2 >= sessionMilliseconds {
            found.append("a batch must not outlive half a session")
        }
        if heldRecordsMax < inHandRecordsMax || heldBytesMax < inHandBytesMax {
            found.append("what is held must not be less than what is in hand during a commit")
        }
        if recordBytesMax >= 1 << 31 { found.append("a record must be smaller than 2 GiB") }
        return found
    }
}
