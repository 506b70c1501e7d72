// Groups by root cause: members, deviations, alerts raised and suppressed.

import EventModel
import Testing

@testable import Decisions

@Suite struct CorrelationTests {
    static let key = "equipment/press-3/failureMode/lowYield"

    private func correlated(_ events: [OutboundEvent]) -> [EventType] {
        events.map(\.type).filter { $0.topic == .deviations || $0.topic == .alerts }
    }

    @Test func `the first member raises deviation and alert, a like one updates and is silenced`()
        throws
    {
        var world = World()
        let first = try world.sendThrough(Sample.failed("a"))
        #expect(correlated(first) == [.deviationRaisedV1, .alertRaisedV1])
        #expect(first.suffix(2).map(\.rule) == ["group", "group"])
        #expect(
            first.suffix(2).map(\.subject.text)
                == Array(repeating: "rootCause/\(Self.key)", count: 2))
        let deviation = first[first.count - 2].id
        let alert = first[first.count - 1].id
        let second = try world.sendThrough(Sample.failed("b", lot: "L-2", minute: 30))
        #expect(
            second.suffix(2).map(\.payload) == [
                .deviationUpdated(
                    deviationId: deviation, member: MemberName(source: "/mes/1", id: "b"),
                    memberCount: 2, severity: .critical, affectedLots: 2),
                .alertSuppressed(
                    alertId: alert, deviationId: deviation,
                    leader: MemberName(source: "/mes/1", id: "a"), rule: "group",
                    dimension: "failureMode", windowFrom: World.at(0), windowTo: World.at(30),
                    gapSeconds: 1_800, memberCount: 2),
            ])
        let third = try world.sendThrough(Sample.failed("c", lot: "L-2", minute: 31))
        guard case .deviationUpdated(_, _, 3, _, 2) = third[third.count - 2].payload else {
            return #expect(Bool(false), "two lots, three members")
        }
    }

    @Test func `only a graver member than all before breaks through, and then leads`() throws {
        var world = World()
        let raised = try world.sendThrough(Sample.failed("a", severity: "minor"))
        let escalated = try world.sendThrough(Sample.failed("b", severity: "critical"))
        let equal = try world.sendThrough(Sample.failed("c", severity: "critical"))
        #expect(correlated(escalated) == [.deviationUpdatedV1, .alertRaisedV1])
        guard
            case .alertRaised(let alertId, _, .critical, _, let escalates) =
                escalated.last?.payload,
            case .alertSuppressed(let named, _, let leader, _, _, _, _, _, 3) = equal.last?.payload
        else { return #expect(Bool(false)) }
        #expect(escalates == raised.last?.id)
        #expect(alertId == escalated.last?.id)
        #expect(named == alertId)
        #expect(leader.id == "b")
    }

    /// Gap 30 minutes, span 24 hours. The first member is at minute 0.
    @Test(arguments: [
        ([30], [1, 2]), ([31], [1, 1]), ([-30], [1, 2]), ([-31], [1, 1]),
        ([31, 30], [1, 1, 2]), ([30, 60, 61], [1, 2, 3, 4]),
    ])
    func `a signal joins within the gap, else opens a group`(minutes: [Int64], counts: [Int])
        throws
    {
        var world = World()
        var found = [try counted(&world, Sample.failed("first", appendMinute: 0))]
        for minute in minutes {
            found.append(
                try counted(&world, Sample.failed("\(minute)", minute: minute, appendMinute: 0)))
        }
        #expect(found == counts)
    }

    private func counted(_ world: inout World, _ event: TestEvent) throws -> Int {
        let outbound = try world.sendThrough(event)
        guard case .deviationUpdated(_, _, let count, _, _) = outbound[outbound.count - 2].payload
        else { return 1 }
        return count
    }

    @Test(arguments: [(Int64(60), 3), (59, 1)])
    func `span and member limits close the door, and the oldest that is open takes all`(
        spanMinutes: Int64, joined: Int
    ) throws {
        let policy = Policy(
            holds: [], defaultSeverities: [:], signals: Policy.standard.signals,
            correlation: .init(spanSeconds: spanMinutes * 60, membersMax: 3))
        var world = World(policy: policy)
        #expect(try counted(&world, Sample.failed("a", minute: 0)) == 1)
        #expect(try counted(&world, Sample.failed("b", minute: 30)) == 2)
        #expect(try counted(&world, Sample.failed("c", minute: 60)) == joined)
        // With three members the first group is full; else it takes one more and then is.
        #expect(try counted(&world, Sample.failed("d", minute: 30)) == (joined == 3 ? 1 : 3))
        #expect(try counted(&world, Sample.failed("e", minute: 30)) == 2)
    }

    /// Retention is a day after the append time of the last member to arrive.
    @Test(arguments: [(Int64(1440), 2), (1441, 1)])
    func `a group closes a day after its last member was appended and never reopens`(
        append: Int64, count: Int
    ) throws {
        var world = World()
        _ = try world.sendThrough(Sample.failed("a"))
        #expect(try counted(&world, Sample.failed("b", appendMinute: append)) == count)
        // The log's clock steps back: a closed group stays closed.
        #expect(try counted(&world, Sample.failed("c", appendMinute: 1)) == count + 1)
        #expect(world.rows.keys.filter { $0.hasPrefix("group/") }.count == (count == 2 ? 1 : 2))
    }

    @Test func `an expired group leaves no row behind, a younger one stays whole`() throws {
        var world = World()
        _ = try world.sendThrough(Sample.failed("a", mode: "old"))
        _ = try world.sendThrough(Sample.failed("b", lot: "L-2", mode: "old"))
        _ = try world.sendThrough(Sample.failed("c", mode: "young", minute: 10))
        let kept = world.rows.filter { $0.key.contains("young") || !$0.key.contains("/0") }
        #expect(world.expire(to: 1440).rows.isEmpty)
        let bound = try #require(world.state.nextExpiry)
        #expect(bound <= World.at(1440).advanced(seconds: 1))
        let removed = world.expire(to: 1441)
        #expect(
            removed.rows.map(\.key) == [
                "group/equipment%2Fpress-3%2FfailureMode%2Fold/0", "member/0/1", "member/0/2",
                "affected/0/L-1", "affected/0/L-2",
            ])
        #expect(removed.rows.allSatisfy { $0.value == nil })
        #expect(removed.outbound.isEmpty)
        #expect(world.rows == kept)
        #expect(world.state.nextExpiry == Instant(rawValue: World.at(1450).rawValue + 1))
    }

    @Test func `a group expires as what its rows say, also when the log's clock stepped back`()
        throws
    {
        var world = World()
        _ = try world.sendThrough(Sample.failed("a", appendMinute: 30))
        #expect(try counted(&world, Sample.failed("b", appendMinute: 10)) == 2)
        var restored = try world.restored()
        var effects = Effects()
        restored.expireGroups(timersTo: World.at(1451), into: &effects)
        #expect(!effects.rows.isEmpty)
        #expect(world.expire(to: 1451).rows == effects.rows)
    }

    @Test func `a member's row tells whether its alert was suppressed and why`() throws {
        var world = World()
        _ = try world.sendThrough(Sample.failed("a"))
        _ = try world.sendThrough(Sample.failed("b"))
        let first = TestJSON(world.rows["member/0/1"] ?? [])
        #expect(first.view.boolean("suppressed") == false)
        let json = TestJSON(world.rows["member/0/2"] ?? [])
        #expect(json.view.boolean("suppressed") == true)
        #expect(json.view.member("why")?.member("leader")?.text("id") == "a")
        #expect(json.view.member("cause")?.text("id") == "b")
        withExtendedLifetime((first, json)) {}
    }

    @Test func `a signal of a newer worker, and one that is none, are told apart`() {
        var state = TaskState(policy: .standard, limits: Limits())
        var effects = Effects()
        for (text, isNewer) in [
            (#"{"kind":"signal","v":2}"#, true), (#"{"kind":"signal","v":1}"#, false),
            ("[]", false),
            (#"{"kind":"x","v":1}"#, false),
        ] {
            let json = TestJSON(text)
            do {
                try state.apply(
                    signal: json.view, offset: Offset(7), appendTime: World.start,
                    now: World.start, into: &effects)
                #expect(Bool(false), "must throw")
            } catch .newerVersion(let key, 2) {
                #expect(isNewer && key == "holdfast.signals@7")
            } catch {
                #expect(!isNewer)
            }
            withExtendedLifetime(json) {}
        }
        #expect(effects.rows.isEmpty)
    }
}
