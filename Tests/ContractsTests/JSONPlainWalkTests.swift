// The quick walk and the general one leave the same nodes or tell the same fault: over every
// sequence of a few tokens, texts made by seed, and those texts mutated.

import EventModel
import Glibc
import Testing

@testable import Contracts

/// The same text read both ways, from memory of exactly its size.
private struct BothWalks: ~Copyable {
    private var quick: JSONParser
    private var general: JSONParser
    private(set) var good = 0

    init(_ limits: Limits = Limits()) {
        quick = JSONParser(limits: limits)
        general = JSONParser(limits: limits, walksPlainly: false)
    }

    mutating func check(_ text: [UInt8]) {
        let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 1)
        defer { exact.deallocate() }
        exact.copyBytes(from: text)
        let one = Self.read(ByteView(exact), &quick)
        let two = Self.read(ByteView(exact), &general)
        if case .success(let one) = one, case .success(let two) = two, Self.areSame(one, two) {
            good += 1
        } else if case .failure(let one) = one, case .failure(let two) = two, one == two {
            return
        } else {
            Issue.record("\(String(decoding: text, as: UTF8.self)): \(one) is not \(two)")
        }
    }

    private static func read(
        _ bytes: ByteView, _ parser: inout JSONParser
    ) -> Result<JSONView, JSONError> {
        do {
            return .success(try parser.parse(bytes))
        } catch {
            return .failure(error)
        }
    }

    /// Node for node, and byte for byte where strings were unescaped.
    private static func areSame(_ one: JSONView, _ two: JSONView) -> Bool {
        let count = Int(one.nodes[0].next)
        guard Int(two.nodes[0].next) == count,
            memcmp(one.nodes, two.nodes, count * MemoryLayout<JSONNode>.stride) == 0
        else { return false }
        return (0..<count).allSatisfy { node in
            !one.nodes[node].isInSideText
                || one.at(node).bytes.elementsEqual(two.at(node).bytes)
        }
    }
}

/// Texts by seed: all kinds, spaces, escapes, names that stand twice now and then.
private struct TextMaker {
    var state: UInt64

    mutating func luck(_ bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((bits ^ (bits >> 31)) % UInt64(bound))
    }

    private mutating func space() -> String { ["", "", "", " ", "\n\t", "\r  "][luck(6)] }

    private mutating func string() -> String {
        let parts = [
            "a", "lot", "\\n", "\\u00e9", "ä", "\\\\", "\\\"", "9", "{", ",", "identifier",
        ]
        return "\"" + (0..<luck(4)).map { _ in parts[luck(parts.count)] }.joined() + "\""
    }

    mutating func value(_ depth: Int) -> String {
        switch luck(depth > 0 ? 9 : 6) {
        case 0: return string()
        case 1: return ["0", "-1", "12.50", "1e9", "-0.1E-7", "123456789012345678901"][luck(6)]
        case 2: return ["true", "false", "null"][luck(3)]
        case 3: return string()
        case 4: return "{\(space())}"
        case 5: return "[\(space())]"
        case 6:
            let elements = (0..<luck(5)).map { _ in space() + value(depth - 1) + space() }
            return "[" + elements.joined(separator: ",") + "]"
        default:
            let count = luck(20) == 0 ? 15 + luck(5) : luck(7)
            let members = (0..<count).map { index in
                let name = luck(4) == 0 ? string() : "\"member\(index)\""
                return space() + name + space() + ":" + space() + value(depth - 1) + space()
            }
            return "{" + members.joined(separator: ",") + "}"
        }
    }
}

@Suite struct JSONPlainWalkTests {
    @Test(arguments: [
        (["{", "}", "[", "]", ",", ":", "\"a\"", "\"a", "1", "true", " "], 4, 50),
        (["{", "}", ":", ",", "\"a\"", "1"], 6, 5),
    ])
    func `every sequence of a few tokens`(tokens: [String], length: Int, good: Int) {
        let tokens = tokens.map { Array($0.utf8) }
        var walks = BothWalks()
        var text: [UInt8] = []
        func extend(_ left: Int, _ walks: inout BothWalks) {
            walks.check(text)
            guard left > 0 else { return }
            for token in tokens {
                text += token
                extend(left - 1, &walks)
                text.removeLast(token.count)
            }
        }
        extend(length, &walks)
        #expect(walks.good >= good, "\(walks.good)")
    }

    @Test(arguments: 1...4) func `texts by seed, whole and mutated`(seed: Int) {
        var maker = TextMaker(state: UInt64(seed))
        var walks = BothWalks()
        for _ in 0..<1_500 {
            let text = Array(maker.value(5).utf8)
            walks.check(text)
            for _ in 0..<6 where !text.isEmpty {
                var mutant = text
                let at = maker.luck(text.count)
                switch maker.luck(5) {
                case 0: mutant[at] = UInt8(maker.luck(256))
                case 1: mutant.remove(at: at)
                case 2: mutant.insert(Array("\"{}[],:\\ e-".utf8)[maker.luck(11)], at: at)
                case 3: mutant.removeSubrange(at...)
                default: mutant.insert(text[maker.luck(text.count)], at: at)
                }
                walks.check(mutant)
            }
        }
        #expect(walks.good > 1_500, "\(walks.good)")
    }

    @Test func `limits are the same both ways`() {
        var limits = Limits()
        limits.jsonDepthMax = 4
        limits.jsonNodesMax = 12
        var maker = TextMaker(state: 9)
        var walks = BothWalks(limits)
        for _ in 0..<3_000 { walks.check(Array(maker.value(6).utf8)) }
        #expect(walks.good > 300, "\(walks.good)")
    }

    @Test func `names that differ little, and twins among many`() {
        var walks = BothWalks()
        let names =
            ["", "a", "b", "ab", "ba", "lotId", "lotIe", "aLotId", "identifier", "identifies"]
            + (0..<30).map { "member\($0)" } + ["membership.of.one", "membership.of.two"]
        for count in [2, 8, 15, 16, 17, 18, names.count] {
            let chosen = Array(names.prefix(count))
            for twin in [nil] + (0..<count).map(Optional.some) {
                let all = chosen + (twin.map { [chosen[$0]] } ?? [])
                let text = all.map { "\"\($0)\":1" }.joined(separator: ",")
                walks.check(Array("{\(text)}".utf8))
                walks.check(Array("[{\(text)},{\"z\":{\(text)}}]".utf8))
            }
        }
        #expect(walks.good == 14)
    }
}
