// The table of the suite. A test target runs every row against its own fixture:
//
//   @Test(arguments: ConformanceCheck.all) func `the local log`(check: ConformanceCheck) throws {
//       try check.run(LocalFixture(absent: check.absentTopics))
//   }

package import EventModel

/// One promise of the log protocols, and how it is checked.
package struct ConformanceCheck: Sendable, CustomStringConvertible {
    /// What the check proves, as a sentence.
    package let name: String
    /// Topics that the fixture leaves out.
    package let absentTopics: [Topic]
    /// Throws a `ConformanceFailure`, or the log's own unexpected error.
    package let run: @Sendable (any LogFixture) throws -> Void

    package var description: String { name }

    /// Partitions of every topic of a fixture.
    package static let partitions: Int32 = 4

    init(
        _ name: String, absent: [Topic] = [],
        run: @escaping @Sendable (any LogFixture) throws -> Void
    ) {
        self.name = name
        self.absentTopics = absent
        self.run = run
    }

    /// What every log promises.
    package static let all: [ConformanceCheck] =
        records + transactions + ends + positions + topics

    static let records = [
        ConformanceCheck(
            "records come back in order, byte for byte", run: Conformance.recordsComeBack),
        ConformanceCheck(
            "a value of 1 MiB comes back whole", run: Conformance.largeValuesComeBack),
        ConformanceCheck(
            "a writer chooses the partition as Java's does", run: Conformance.writerPartitions),
        ConformanceCheck(
            "two readers at once see the same", run: Conformance.twoReadersSeeTheSame),
        ConformanceCheck(
            "a stream's reader leaves the stream alone", run: Conformance.readersAreApart),
    ]
    static let transactions = [
        ConformanceCheck(
            "a commit's records come back, in the partitions asked for",
            run: Conformance.committedRecordsComeBack),
        ConformanceCheck(
            "a commit that fails leaves nothing", run: Conformance.failedCommitLeavesNothing),
        ConformanceCheck(
            "a commit's offsets outlive the stream", run: Conformance.offsetsOutliveTheStream),
        ConformanceCheck(
            "a failed commit moves no offset", run: Conformance.failedCommitMovesNoOffset),
        ConformanceCheck(
            "one transaction carries more than 10,000 records", run: Conformance.largeTransaction),
        ConformanceCheck(
            "a receipt tells the last state offsets and the log's clock",
            run: Conformance.receiptTellsOffsetsAndClock),
    ]
    static let ends = [
        ConformanceCheck(
            "an empty partition's end is reached at once", run: Conformance.emptyEndIsReached),
        ConformanceCheck(
            "an end is told once each time it is reached", run: Conformance.endIsToldOncePerReach),
        ConformanceCheck(
            "the end counts what a transaction leaves behind its records",
            run: Conformance.endCountsMarkers),
    ]
    static let positions = [
        ConformanceCheck(
            "delivery starts where it is asked to", run: Conformance.startsInTheMiddle),
        ConformanceCheck(
            "a rewind delivers again from exactly there", run: Conformance.rewindRedelivers),
        ConformanceCheck(
            "pausing loses and repeats nothing", run: Conformance.pauseKeepsEverything),
        ConformanceCheck(
            "a full partition does not starve the others", run: Conformance.pollIsFair),
        ConformanceCheck(
            "the first offset at an instant is found", run: Conformance.offsetAtInstant),
        ConformanceCheck(
            "low watermark and end frame what is there", run: Conformance.watermarks),
    ]
    static let topics = [
        ConformanceCheck(
            "topics are described, made once and altered", absent: [.changes],
            run: Conformance.topicsAreAdministered),
        ConformanceCheck(
            "a missing topic is refused by name", absent: [.changes],
            run: Conformance.missingTopicIsNamed),
    ]

    /// What logs with a group promise (Kafka and the simulated one).
    package static let membership = [
        ConformanceCheck(
            "one member gets every partition", run: Conformance.oneMemberOwnsAll),
        ConformanceCheck(
            "a partition is given up before it is assigned elsewhere",
            run: Conformance.revokedBeforeAssigned),
        ConformanceCheck(
            "partitions of a member that leaves move to the others",
            run: Conformance.leavingMovesPartitions),
        ConformanceCheck(
            "a token from before a rebalance is refused", run: Conformance.staleTokenIsRefused),
        ConformanceCheck(
            "a zombie writes nothing", run: Conformance.zombieWritesNothing),
        ConformanceCheck(
            "a zombie with nothing but offsets is fenced too",
            run: Conformance.zombieOffsetsAreFenced),
    ]
}
