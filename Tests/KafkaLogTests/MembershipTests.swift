// When a member's word that it is one proves that it owns what it owns (docs/decisions/0006).

import KafkaLog
import Testing

@Suite struct MembershipTests {
    private func membership(_ generation: Int64, _ member: String) -> Membership {
        Membership(generation: generation, member: member)
    }

    @Test func `nothing is proved before the first rebalance was told`() {
        let told = ToldMembership()
        #expect(!told.proves(membership(1, "a")))
        #expect(!told.proves(.none))
    }

    @Test func `what was told is proved, and nothing else`() {
        var told = ToldMembership()
        #expect(told.hear(membership(1, "a")) == .replaced, "a first one owned nothing before")
        #expect(told.proves(membership(1, "a")))
        // Joined again, the callback is still to come.
        #expect(!told.proves(membership(2, "a")))
        #expect(!told.proves(membership(2, "b")))
        // Put out by the group; the id is gone, the generation still stands.
        #expect(!told.proves(membership(1, "")))
        #expect(!told.proves(membership(-1, "a")))
    }

    @Test func `a rebalance of the same member is unbroken`() {
        var told = ToldMembership()
        _ = told.hear(membership(4, "a"))
        #expect(told.hear(membership(5, "a")) == .unbroken)
        #expect(told.hear(membership(5, "a")) == .unbroken, "the assign after the revoke")
        #expect(told.proves(membership(5, "a")))
    }

    @Test func `generations that went by unseen are told`() {
        var told = ToldMembership()
        _ = told.hear(membership(4, "a"))
        #expect(told.hear(membership(6, "a")) == .skipped)
        #expect(told.hear(membership(7, "a")) == .unbroken)
        #expect(told.hear(membership(-1, "a")) == .skipped, "its generation was refused")
        #expect(!told.proves(membership(-1, "a")))
    }

    @Test func `another member id means that everything was lost meanwhile`() {
        var told = ToldMembership()
        _ = told.hear(membership(4, "a"))
        #expect(told.hear(membership(5, "b")) == .replaced)
        #expect(told.proves(membership(5, "b")))
        #expect(told.hear(membership(5, "")) == .replaced)
        #expect(!told.proves(membership(5, "")))
        #expect(told.hear(membership(6, "c")) == .replaced)
    }
}
