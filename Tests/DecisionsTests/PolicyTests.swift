// The policy as a value: its canonical text, its digest, what it accepts.

import EventModel
import Testing

@testable import Decisions

@Suite struct PolicyTests {
    @Test func `the standard policy has one text for ever`() {
        #expect(
            Policy.standard.canonicalJSON == """
                {"correlation":{"dimensions":["correlation","gate","failureMode","parameter",\
                "interlock"],"gapSeconds":1800,"groupRetentionSeconds":86400,\
                "membersMax":10000,"spanSeconds":86400,"trustedSources":[]},\
                "defaultSeverities":{"gateBypassed":"major",\
                "mes.interlockViolated.v1":"critical","mes.misScanDetected.v1":"major"},\
                "holds":[{"holds":["lot"],"owner":"quality","severities":["critical"],\
                "type":"mes.stepFailed.v1"},{"holds":["lot"],"limitKinds":["OOS"],\
                "owner":"quality","severities":["critical"],"type":"mes.limitExceeded.v1"},\
                {"holds":["lot","equipment"],"owner":"quality","severities":["critical"],\
                "type":"mes.interlockViolated.v1"},{"holds":["lot"],"owner":"quality",\
                "severities":["minor","major","critical"],"type":"gateBypassed"}],\
                "intake":{"acceptedSources":"all","requireRegisteredLots":false},\
                "signals":["mes.stepFailed.v1","mes.limitExceeded.v1",\
                "mes.misScanDetected.v1","mes.interlockViolated.v1","gateBypassed"],"version":1}
                """)
        #expect(Policy.standard.digest.count == 64)
    }

    @Test func `another policy has another digest`() {
        let other = Policy(holds: [], defaultSeverities: [:], signals: [])
        #expect(other.digest != Policy.standard.digest)
        #expect(other == Policy(holds: [], defaultSeverities: [:], signals: []))
    }

    @Test(arguments: [
        (nil, "/any", true), (["/mes/1", "/qms"], "/qms", true), (["/mes/1"], "/mes/2", false),
        (["/mes/1"], "/mes/11", false), ([], "/mes/1", false),
    ])
    func `only accepted sources are taken`(accepted: [String]?, source: String, isTaken: Bool) {
        let policy = Policy(
            holds: [], defaultSeverities: [:], signals: [],
            intake: .init(acceptedSources: accepted))
        var source = source
        #expect(source.withUTF8 { policy.accepts(source: ByteView($0)) } == isTaken)
    }

    @Test func `for each target the first rule that applies names the owner`() {
        let policy = Policy(
            holds: [
                .init(
                    type: .limitExceeded, limitKinds: [.OOT], severities: [.minor],
                    holds: [.lot], owner: "trend"),
                .init(
                    type: .limitExceeded, severities: [.minor, .critical],
                    holds: [.equipment, .lot], owner: "all"),
            ], defaultSeverities: [:], signals: [])
        let table: [(HoldTarget, Severity, LimitKind?, String?)] = [
            (.lot, .minor, .OOT, "trend"), (.lot, .minor, .OOS, "all"), (.lot, .minor, nil, "all"),
            (.equipment, .minor, .OOT, "all"), (.lot, .major, .OOT, nil),
        ]
        for (target, severity, kind, owner) in table {
            #expect(
                policy.owner(
                    holding: target, because: .limitExceeded, severity: severity, limitKind: kind)
                    == owner)
        }
        #expect(policy.defaultSeverity(of: .misScanDetected) == .critical)
    }
}
