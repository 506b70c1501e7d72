// Keys of state rows: ids percent-encoded, no two alike.

import EventModel
import Testing

@testable import Decisions

@Suite struct RowKeyTests {
    @Test(arguments: [
        ("L-1._~", "L-1._~"), ("a/b", "a%2Fb"), ("50%", "50%25"), ("ü", "%C3%BC"),
        (" \n", "%20%0A"),
        ("", ""),
    ])
    func `parts of keys are percent-encoded as RFC 3986 has it`(part: String, key: String) {
        #expect(RowKey.encode(part) == key)
        #expect(RowKey.lot(part) == "lot/\(key)")
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1_500, "1970-01-01T00:00:00.001500Z"),
        (7, "1970-01-01T00:00:00.000007Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        (86_400_000_000, "1970-01-02T00:00:00.000Z"),
    ])
    func `an instant in a row loses nothing`(microseconds: Int64, text: String) {
        let instant = Instant(rawValue: microseconds)
        #expect(instant.exactText == text)
        #expect(Instant(rfc3339: text) == instant)
    }

    @Test func `ids are equal byte for byte, not as people read them`() {
        #expect(ByteKey("\u{e9}") != ByteKey("e\u{301}"))
        #expect(Set([ByteKey("\u{e9}"), ByteKey("e\u{301}"), ByteKey("\u{e9}")]).count == 2)
    }

    @Test func `the table of lots keeps every lot through its growth`() {
        var table = LotTable()
        for number in 0..<5_000 {
            var lot = Lot(id: "L-\(number)")
            lot.isRegistered = number % 2 == 0
            lot.gate = number % 3 == 0 ? Gate(isOpen: number % 6 == 0, since: World.start) : nil
            table[lot.id] = lot
        }
        for number in 0..<5_000 {
            var id = "L-\(number)"
            let standing = id.withUTF8 { table.standing(of: ByteView($0)) }
            #expect(standing.contains(.registered) == (number % 2 == 0))
            #expect(standing.contains(.closed) == (number % 6 == 3))
            #expect(table[id]?.id == id)
        }
        #expect(table["L-5000"] == nil)
        #expect(table.lots.count == 5_000)
    }

    @Test func `a heap gives back in order whatever came in`() {
        var luck = SplitMix64(state: 1)
        var heap = MinHeap<Int64>()
        let numbers = (0..<300).map { _ in luck.number(0...199) }
        for number in numbers { heap.insert(number) }
        var sorted: [Int64] = []
        while heap.first != nil { sorted.append(heap.removeFirst()) }
        #expect(sorted == numbers.sorted())
    }
}
