// Rows in hand come out as a table keyed by bytes would have them: in the order of their keys, the
// last one of each.

import EventModel
import Testing

@testable import Store

@Suite struct RowSlabTests {
    /// Keys that share beginnings, end within the sixteen bytes that sort without a look, just
    /// behind them, and hold zeros where a shorter key has nothing.
    private static func key(_ number: UInt64) -> [UInt8] {
        switch number % 7 {
        case 0: Array("lot/\(number % 31)".utf8)
        case 1: Array("member/\(number % 13)/\(number % 17)".utf8)
        case 2: Array("affected/12345678/\(number % 19)".utf8)
        case 3: Array("affected/12345678".utf8.prefix(Int(number % 18)))
        case 4: Array("lot/1".utf8) + [UInt8](repeating: 0, count: Int(number % 23))
        case 5: [UInt8](repeating: 255, count: Int(number % 29))
        default: []
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `rows come out by the bytes of their keys, the last of each`(seed: UInt64) {
        var state = seed
        let slab = RowSlab()
        for round in 0..<2 {
            var model: [[UInt8]: [UInt8]?] = [:]
            for number in 0..<3_000 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let key = Self.key(state >> 33)
                let value: [UInt8]? =
                    state >> 60 == 0
                    ? nil : [UInt8](repeating: UInt8(number & 255), count: (number + round) % 700)
                model[key] = .some(value)
                key.withUnsafeBytes { key in
                    guard let value else { return slab.append(key: key, value: nil) }
                    value.withUnsafeBytes { slab.append(key: key, value: $0) }
                }
            }
            #expect(slab.count == 3_000)
            slab.arrange()
            var found: [([UInt8], [UInt8]?)] = []
            slab.forEach { (key, value) in found.append((Array(key), value.map { Array($0) })) }
            let expected = model.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            #expect(found.map(\.0) == expected.map(\.key))
            #expect(found.map(\.1) == expected.map(\.value))
            slab.removeAll()
        }
    }
}
