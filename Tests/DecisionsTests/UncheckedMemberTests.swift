// What no contract has checked must not make our own events break theirs: members that a type does
// not have may hold anything, and a JSON number may have any length.

import Decisions
import EventModel
import Testing

@Suite struct UncheckedMemberTests {
    private func limit(_ more: String, value: String = "12.5") -> TestEvent {
        TestEvent(
            type: .limitExceededV1, id: "limit", key: "L-1",
            data: """
                {"lotId":"L-1","equipmentId":"press-3","parameter":"force","value":\(value),\
                "unit":"kN","limitKind":"OOS","severity":"critical"\(more)}
                """)
    }

    private func raised(_ event: TestEvent) throws -> (References, RawJSON)? {
        var world = World()
        _ = world.send(event)
        for outbound in try world.deliverNext(minute: 1).outbound {
            if case .deviationRaised(_, _, _, _, let refs, let evidence) = outbound.payload {
                return (refs, evidence)
            }
        }
        return nil
    }

    @Test(
        arguments: [
            (#","orderId":"O-1""#, "O-1"), (#","orderId":5"#, nil), (#","orderId":[1]"#, nil),
            (#","orderId":"""#, nil),
            (
                #","orderId":"\#(String(repeating: "\u{fc}", count: 256))""#,
                String(repeating: "\u{fc}", count: 256)
            ),
            (#","orderId":"\#(String(repeating: "x", count: 257))""#, nil),
        ] as [(String, String?)])
    func `a reference is a name of 1 to 256 characters or it is left out`(
        more: String, orderId: String?
    ) throws {
        let refs = try #require(try raised(limit(more))).0
        #expect(refs.values[0] == orderId)
        #expect(refs.values[2] == "L-1")
    }

    @Test func `evidence counts where the contract has checked it, nowhere else`() throws {
        #expect(try raised(limit(#","evidence":[1,{"x":2}]"#))?.1 == RawJSON("[]"))
        #expect(try raised(Sample.failed())?.1 == RawJSON(#"[{"uri":"s3://e/1"}]"#))
    }

    @Test(arguments: [(1, false), (5_000, true)])
    func `a number of any length makes no reason longer than its contract`(
        digits: Int, isCut: Bool
    ) throws {
        var world = World()
        let effects = world.send(limit("", value: String(repeating: "9", count: digits)))
        let texts = effects.outbound.compactMap { outbound in
            if case .holdApplied(_, _, let reason, _, _, _, _, _) = outbound.payload {
                reason.text
            } else {
                nil
            }
        }
        #expect(texts.count == 1)
        #expect(texts[0].unicodeScalars.count <= 4_096)
        #expect(texts[0].hasSuffix("\u{2026}") == isCut)
    }
}
