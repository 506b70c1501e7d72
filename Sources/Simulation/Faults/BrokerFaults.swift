// The luck of the brokers: what a healthy client meets on a bad day. Each fault has its own share,
// and a run has only some of them (SwarmOptions).

package import EventModel

/// What brokers do wrong, by dice of their own.
package struct BrokerFaults {
    package var dice: Dice
    /// Of 1,000 markers so many are written late, by up to so many milliseconds.
    package var lateMarkers = 0
    package var markerMillisecondsMax = 2_000
    /// Of 1,000 fetches of a partition so many bring nothing this time.
    package var slowFetches = 0
    /// Of 1,000 questions so many are answered with an error that passes.
    package var lostAnswers = 0
    /// Until then the group's and the transactions' coordinator answers nobody.
    package var coordinatorAwayUntil = Instant.distantPast
    /// How far the clock of a partition's leader is off, in milliseconds; a change of leader
    /// changes it, and append times run backwards.
    package var leaderSkews: [TopicPartition: Int64] = [:]

    package init(dice: Dice) { self.dice = dice }

    /// All is well from now on, but for clocks: a leader's stays as it is.
    package mutating func heal() {
        lateMarkers = 0
        slowFetches = 0
        lostAnswers = 0
        coordinatorAwayUntil = .distantPast
        leaderSkews = [:]
    }

    mutating func markerDelay() -> Int64 {
        guard dice.perMille(lateMarkers) else { return 0 }
        return Int64(1 + dice.roll(dice.chance(70) ? 20 : markerMillisecondsMax))
    }

    func leaderSkew(of place: TopicPartition) -> Int64 {
        leaderSkews.isEmpty ? 0 : leaderSkews[place] ?? 0
    }

    mutating func isFetchSlow() -> Bool { dice.perMille(slowFetches) }
    mutating func isAnswerLost() -> Bool { dice.perMille(lostAnswers) }
}
