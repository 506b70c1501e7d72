// Bytes that somebody made to hurt: mutations by the thousand, reads beyond the end, objects and
// arrays whose cost must not be quadratic.

import EventModel
import Glibc
import Testing

@testable import Contracts

@Suite struct JSONHostileTests {
    private static let seeds = [
        #"{"specversion":"1.0","id":"a","data":{"lotId":"L-1","value":-1.5e-3,"l":[1,true,null]}}"#,
        #"["\u00e9\ud83d\ude00\n","é€😀",{"":{"a":[[],{}]}},0.0,1e400,false]"#,
        #"{"a":"\\\"","b":"\\","c":["x","y",{"d":"\/"}],"e":12345678901234567890}"#,
    ]

    private struct SplitMix64 {
        var state: UInt64
        mutating func next(_ bound: Int) -> Int {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return Int((z ^ (z >> 31)) % UInt64(bound))
        }
    }

    @Test(arguments: 1...4) func `mutated bytes are read or refused, never more`(seed: Int) {
        var luck = SplitMix64(state: UInt64(seed))
        var parser = JSONParser(limits: Limits())
        var read = 0
        var refused = 0
        let alphabet = Array("{}[]:,\"\\u0dE-+.tfn \n".utf8) + [0, 0x1f, 0x80, 0xc3, 0xed, 0xff]
        for _ in 0..<3_000 {
            var bytes = Array(Self.seeds[luck.next(Self.seeds.count)].utf8)
            for _ in 0...luck.next(4) {
                let place = luck.next(bytes.count)
                switch luck.next(4) {
                case 0: bytes[place] = alphabet[luck.next(alphabet.count)]
                case 1: bytes.insert(alphabet[luck.next(alphabet.count)], at: place)
                case 2: bytes.remove(at: place)
                default: bytes[place] ^= 1 << UInt8(luck.next(8))
                }
            }
            switch parse(bytes, with: &parser) {
            case .error: refused += 1
            case .value(let text):
                read += 1
                // What was read says the same when it is written and read again.
                #expect(parse(Array(text.utf8), with: &parser) == .value(text))
            }
        }
        #expect(read > 100 && refused > 1_000)
    }

    @Test func `every prefix of a good text is refused`() {
        for text in Self.seeds {
            let bytes = Array(text.utf8)
            for count in 0..<bytes.count {
                guard case .error = parse(Array(bytes[..<count])) else {
                    Issue.record("\(count) bytes of \(text) were read")
                    continue
                }
            }
        }
    }

    @Test func `nothing beyond the text is read`() throws {
        // Two pages, of which the second may not be touched.
        let page = Int(getpagesize())
        let memory = try #require(
            mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
        defer { munmap(memory, 2 * page) }
        try #require(mprotect(memory + page, page, PROT_NONE) == 0)
        var parser = JSONParser(limits: Limits())
        for text in Self.seeds + ["1", "\"a\"", "tru", "\"", "[1", "\"\\u12", "-", "{\"a\":1}"] {
            let bytes = Array(text.utf8)
            let start = memory + page - bytes.count
            start.copyMemory(from: bytes, byteCount: bytes.count)
            let view = try? parser.parse(ByteView(start: start, count: bytes.count))
            #expect((view.map { .value(render($0)) } ?? .error(.tooLarge)) == Self.expected(text))
        }
    }

    private static func expected(_ text: String) -> Parsed {
        switch parse(text) {
        case .value(let rendered): .value(rendered)
        case .error: .error(.tooLarge)
        }
    }

    @Test func `a large object with a twin at its end is refused in time`() {
        let names = (0..<60_000).map { "\"\(String($0, radix: 36))\":0" }.joined(separator: ",")
        #expect(parse("{" + names + ",\"0\":1}") == .error(.duplicateName("0")))
    }

    @Test func `large arrays and objects are compared in time`() throws {
        let checker = try SchemaChecker.compile(#"{"uniqueItems":true}"#)
        var parser = JSONParser(limits: Limits())
        func isUnique(_ text: String) throws -> Bool {
            try Array(text.utf8).withUnsafeBytes { checker.check(try parser.parse($0)) == nil }
        }
        let numbers = (0..<50_000).map(String.init)
        #expect(try isUnique("[" + numbers.joined(separator: ",") + "]"))
        #expect(try !isUnique("[" + numbers.joined(separator: ",") + ",10e-1]"))
        let members = numbers[..<10_000].map { "\"\($0)\":{}" }
        let one = "{" + members.joined(separator: ",") + "}"
        let two = "{" + members.reversed().joined(separator: ",") + "}"
        #expect(try !isUnique("[" + one + "," + two + "]"))
        #expect(try isUnique("[" + one + "," + two.dropLast() + ",\"x\":1}]"))
    }
}
