// Outbound bytes are frozen: each type has a golden file, recorded with HOLDFAST_RECORD=1 and never
// changed afterwards. A change that shows here is a new version of its type.

import Contracts
import EventModel
import Foundation
import Testing

private let lot = Subject(type: "lot", id: "L-4711")
private let hold = "4d0b6f1c2a3e4f5061728394a5b6c7d8"
private let rootCause = "equipment/press-2/failureMode/punch%20broken"

private func event(_ type: EventType, _ subject: Subject, _ key: String, _ payload: Payload)
    -> OutboundEvent
{
    OutboundEvent(
        type: type, id: "00112233445566778899aabbccddeeff", time: "2026-01-05T06:12:31.250+01:00",
        subject: subject,
        cause: Cause(source: "/mes/plant-1", id: "e-1", type: "mes.stepFailed.v1"),
        rule: "hold.stepFailed",
        extensions: [
            CarriedExtension(name: .correlationid, value: "PO-100234"),
            CarriedExtension(name: .traceparent, value: "00-ab-cd-01"),
        ], key: key, payload: payload)
}

private func change(_ payload: Payload, _ type: EventType) -> OutboundEvent {
    event(type, Subject(type: "change", id: "CC-31"), "CC-31", payload)
}

private func document(_ payload: Payload, _ type: EventType) -> OutboundEvent {
    event(type, Subject(type: "document", id: "SOP-102"), "SOP-102", payload)
}

private func group(_ payload: Payload, _ type: EventType) -> OutboundEvent {
    event(type, Subject(type: "rootCause", id: rootCause), rootCause, payload)
}

private func onLot(_ payload: Payload, _ type: EventType) -> OutboundEvent {
    event(type, lot, "lot/L-4711", payload)
}

/// One event per outbound type, every optional member present.
private let events: [OutboundEvent] = [
    onLot(
        .holdApplied(
            holdId: hold, subject: lot,
            reason: Reason(code: "stepFailed", text: "Press \"2\" \\ Stößel\n"),
            severity: .critical, owner: "quality", rootCauseKey: rootCause, openHoldCount: 2,
            openHolds: ["H-1", hold]), .holdAppliedV1),
    onLot(
        .holdReleased(
            holdId: "H-1", subject: lot, approver: "a.huber", openHoldCount: 0, openHolds: [],
            subjectReleased: true), .holdReleasedV1),
    onLot(.holdReleaseRefused(holdId: "H-1", subject: lot, why: "notOwner"), .holdReleaseRefusedV1),
    onLot(
        .dispositionRecorded(lotId: "L-4711", decision: "accepted", decidedBy: "a.huber"),
        .dispositionRecordedV1),
    onLot(
        .dispositionRefused(
            lotId: "L-4711", decision: "accepted", decidedBy: "a.huber", blockers: [hold]),
        .dispositionRefusedV1),
    group(
        .deviationRaised(
            deviationId: hold, rootCauseKey: rootCause, dimension: "failureMode",
            severity: .critical,
            references: References(values: [nil, "B-1", "L-4711", nil, "coating", "press-2", nil]),
            evidence: RawJSON("[{\"uri\":\"s3://e/1\",\"n\":1.50}]")), .deviationRaisedV1),
    group(
        .deviationUpdated(
            deviationId: hold, member: MemberName(source: "/mes/plant-1", id: "e-2"),
            memberCount: 2, severity: .critical, affectedLots: 2), .deviationUpdatedV1),
    group(
        .alertRaised(
            alertId: hold, deviationId: hold, severity: .critical, summary: "punch broken",
            escalates: hold), .alertRaisedV1),
    group(
        .alertSuppressed(
            alertId: hold, deviationId: hold,
            leader: MemberName(source: "/mes/plant-1", id: "e-1"), rule: "group",
            dimension: "failureMode", windowFrom: Instant(milliseconds: 1_767_589_951_250),
            windowTo: Instant(milliseconds: 1_767_590_040_000), gapSeconds: 1_800,
            memberCount: 2), .alertSuppressedV1),
    change(
        .changeEffective(
            changeId: "CC-31", effectiveFrom: "2026-01-06T06:00:00+01:00",
            scope: RawJSON("{\"documents\":[\"SOP-102\"],\"own\":1e2}"), approvedBy: "a.huber"),
        .changeEffectiveV1),
    change(.changeRefused(changeId: "CC-31", why: "unknownChange"), .changeRefusedV1),
    document(
        .documentEffective(
            documentId: "SOP-102", version: "4", supersedes: "3", guideId: "G-7",
            qmsRecordId: "D-9"), .documentEffectiveV1),
    document(
        .documentRetired(
            documentId: "SOP-102", version: "3", supersedes: "2", guideId: "G-6",
            qmsRecordId: "D-8"), .documentRetiredOutV1),
    onLot(
        .gateChanged(
            subject: lot, isOpen: false,
            reasons: [GateReason(holdId: hold, reason: Reason(code: "stepFailed", text: "Why"))],
            since: Instant(milliseconds: 1_767_589_951_400)), .gateChangedV1),
]

private func encoder() -> OutboundEncoder {
    OutboundEncoder(
        deployment: "demo",
        policyDigest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
}

@Suite struct EventsGoldenTests {
    private let directory = packageRoot.appendingPathComponent("Tests/ContractsTests/Golden")

    @Test func `there is a golden file for each outbound type and no other`() throws {
        let types = EventType.allCases.filter { !$0.isInbound }
        #expect(Set(events.map(\.type)) == Set(types))
        if ProcessInfo.processInfo.environment["HOLDFAST_RECORD"] != nil { return }
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(Set(files) == Set(types.map { "\($0.name).json" }))
    }

    @Test(arguments: events.indices)
    func `an outbound event is written as it always was`(index: Int) throws {
        let event = events[index]
        var encoder = encoder()
        let bytes = encoder.encode(event).text
        let file = directory.appendingPathComponent("\(event.type.name).json")
        if ProcessInfo.processInfo.environment["HOLDFAST_RECORD"] != nil {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true)
            try Data(bytes.utf8).write(to: file)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(Array(bytes.utf8) == Array(golden.utf8))
    }

    @Test(arguments: events.indices)
    func `a golden event keeps envelope and schema`(index: Int) throws {
        let type = events[index].type
        let golden = try String(
            contentsOf: directory.appendingPathComponent("\(type.name).json"), encoding: .utf8)
        #expect(try violation(of: contractFile("schemas/cloudevent.json"), in: golden) == nil)
        let data = try #require(try member("data", of: golden))
        #expect(try violation(of: contractFile(ContractRegistry.path(of: type)), in: data) == nil)
    }

    @Test func `one encoder writes many events, each as if it were the first`() {
        var shared = encoder()
        for event in events + events.reversed() {
            var fresh = encoder()
            let expected = fresh.encode(event).text
            #expect(shared.encode(event).text == expected)
        }
    }

    @Test func `absent members are left out, and causationid is the cause's id`() {
        var event = events[0]
        event.extensions = [CarriedExtension(name: .causationid, value: "forged")]
        event.payload = .holdApplied(
            holdId: "H-1", subject: lot, reason: Reason(code: "c", text: "t"), severity: nil,
            owner: "o", rootCauseKey: nil, openHoldCount: 1, openHolds: ["H-1"])
        var encoder = encoder()
        let text = encoder.encode(event).text
        #expect(!text.contains("severity") && !text.contains("rootCauseKey"))
        #expect(!text.contains("forged") && text.contains("\"causationid\":\"e-1\",\"data\":"))
    }
}
