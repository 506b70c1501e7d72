// What a run is made of, by its seed. Swarm testing (Groce et al., 2012): a run has only some of
// the faults, each with a share of its own, because faults hide each other: where everything fails
// all the time, nothing ever gets far enough to fail in an interesting way.

package import Decisions
package import EventModel

/// The options of one run. Shares are of 1,000 chances.
package struct SwarmOptions {
    package var partitions: Int32 = 1
    package var workers = 1
    package var events = 20
    /// How long the plant works, in true time.
    package var spanMilliseconds: Int64 = 2_000
    package var hasStaticMembers = false
    /// Polls between joining again and hearing of what was lost.
    var silentPolls = 0

    // Processes
    var crashes = 0
    var kills = 0
    var drains = 0
    var pauses = 0
    var arrivals = 300
    /// Chances of a process's disk when it comes back: wiped, an old copy, another's copy.
    var wipedDisks = 0
    var oldDisks = 0
    var foreignDisks = 0
    var powerCuts = 0
    /// What the disks do wrong; nil: nothing.
    var diskLuck: DiskLuck?
    /// They become full, or have room again.
    var fullDisks = 0
    // Commits
    var abortedCommits = 0
    var unknownCommits = 0
    var openCommits = 0
    var slowCommits = 0
    // Brokers
    var lateMarkers = 0
    var slowFetches = 0
    var lostAnswers = 0
    var coordinatorMoves = 0
    var sessionLosses = 0
    var expiredOffsets = 0
    var leaderChanges = 0
    var retention = 0
    var compaction = 0
    // Clocks
    var clockJumps = 0
    var drift = false
    // How much of the others' work happens inside a call
    var interleaving = 0
    var smallPolls = 0

    /// How signals become groups: as by default, or small and short, so that groups fill up, close
    /// and are forgotten within a run.
    package var correlation = Policy.standard.correlation
    package var limits = Limits()
    package var stateAgeSecondsMax: Int64 = 302_400

    package init() {}

    /// The default policy, with these groups.
    var policy: Policy {
        let standard = Policy.standard
        if correlation == standard.correlation { return standard }
        return Policy(
            holds: standard.holds, defaultSeverities: standard.defaultSeverities,
            signals: standard.signals, correlation: correlation)
    }

    package init(seed: UInt64) {
        var dice = Dice(seed: seed, part: 1)
        partitions = Int32(dice.pick([1, 1, 2, 2, 2, 3, 4]))
        workers = dice.pick([1, 1, 2, 2, 2, 3])
        events = dice.chance(4) ? dice.roll(80...250) : dice.roll(8...45)
        spanMilliseconds = Int64(
            dice.pick([300, 1_000, 3_000, 3_000, 20_000, 20_000, 120_000, 600_000]))
        hasStaticMembers = dice.chance(30)
        chooseFaults(&dice)
        chooseLimits(&dice)
        if hasStaticMembers { silentPolls = dice.pick([0, 1, 3, 10]) }
        if dice.chance(30) {
            limits.inHandRecordsMax = dice.pick([1, 3])
            limits.heldRecordsMax = dice.pick([3, 10])
        }
        // By dice of its own: the seeds known to be bad stay what they are.
        var later = Dice(seed: seed, part: 5)
        limits.storeDelayMilliseconds = Int64(later.pick([0, 20, 1_000]))
        if later.chance(40) { chooseGroups(&later) }
        if later.chance(15) { fullDisks = later.pick([10, 50]) }
        limits.listedHoldsMax = later.pick([1, 2, 100, 100])
    }

    private mutating func chooseFaults(_ dice: inout Dice) {
        func share(_ shares: [Int], _ percent: Int = 45) -> Int {
            dice.chance(percent) ? dice.pick(shares) : 0
        }
        crashes = share([5, 20, 60])
        kills = share([2, 8, 20], 30)
        drains = share([2, 10, 30], 30)
        pauses = share([2, 10, 20], 30)
        arrivals = dice.pick([30, 150, 400])
        wipedDisks = share([100, 300, 700], 40)
        oldDisks = share([100, 300], 30)
        foreignDisks = share([100, 300], 20)
        powerCuts = share([200, 700], 40)
        if dice.chance(25) {
            diskLuck = DiskLuck(
                perMille: dice.pick([1, 5, 20]),
                operations: dice.chance(50)
                    ? [.write, .sync] : Set(DiskOperation.allCases))
        }
        abortedCommits = share([20, 100, 300], 30)
        unknownCommits = share([20, 100, 300], 35)
        openCommits = share([10, 60], 25)
        slowCommits = share([100, 500, 900], 40)
        lateMarkers = share([50, 300, 700], 40)
        slowFetches = share([50, 300, 600], 40)
        lostAnswers = share([20, 100, 300], 25)
        coordinatorMoves = share([2, 10], 20)
        sessionLosses = share([5, 20], 25)
        expiredOffsets = share([5, 30], 25)
        leaderChanges = share([5, 30], 20)
        retention = share([3, 15], 20)
        compaction = share([10, 50], 30)
        clockJumps = share([3, 15], 20)
        drift = dice.chance(20)
        interleaving = share([20, 100, 300], 50)
        smallPolls = share([300, 800], 50)
        // Most faults need somebody who notices.
        if crashes + kills + drains + pauses + sessionLosses == 0, workers > 1 { drains = 8 }
    }

    private mutating func chooseLimits(_ dice: inout Dice) {
        limits.commitIntervalMilliseconds = Int64(dice.pick([1, 5, 20, 100]))
        limits.backlogCommitMilliseconds = Int64(dice.pick([5, 50, 500]))
        if dice.chance(30) { limits.batchRecordsMax = dice.pick([1, 2, 5]) }
        if dice.chance(40) {
            limits.dedupeBucketSeconds = Int64(dice.pick([1, 5, 60]))
            limits.dedupeWindowSeconds = limits.dedupeBucketSeconds * Int64(dice.roll(1...4))
        }
        if dice.chance(20) { stateAgeSecondsMax = Int64(dice.pick([5, 60])) }
        precondition(limits.violations.isEmpty, "the limits of a run agree with each other")
    }

    private mutating func chooseGroups(_ dice: inout Dice) {
        let gap = Int64(dice.pick([1, 5, 60, 1_800]))
        let span = max(gap, Int64(dice.pick([1, 10, 120, 86_400])))
        correlation = Policy.Correlation(
            gapSeconds: gap, spanSeconds: span, membersMax: dice.pick([2, 3, 10, 10_000]),
            groupRetentionSeconds: max(span, Int64(dice.pick([1, 10, 120, 86_400]))))
    }
}
