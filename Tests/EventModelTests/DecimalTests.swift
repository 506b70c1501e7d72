// Decimals against what they are worth, not how they are written.

import EventModel
import Testing

@Suite struct DecimalTests {
    private static func with<Result>(
        _ one: String, _ two: String, _ body: (Decimal, Decimal) -> Result
    ) throws -> Result {
        let first = Array(one.utf8)
        let second = Array(two.utf8)
        return try first.withUnsafeBytes { one in
            try second.withUnsafeBytes { two in
                body(try #require(Decimal(one)), try #require(Decimal(two)))
            }
        }
    }

    @Test(arguments: [
        ("1", "1.0", 0), ("1", "10e-1", 0), ("0", "-0.0e5", 0), ("0", "0e99999999999", 0),
        ("100", "1e2", 0), ("0.001", "1E-3", 0), ("120.50", "1.205e+2", 0), ("1", "2", -1),
        ("-1", "-2", 1), ("-1", "1", -1), ("0", "0.0000001", -1), ("0", "-1e-400", 1),
        ("9.99", "10", -1), ("1.5", "1.45", 1), ("1e1000000000", "1e999999999", 1),
        ("-1e1000000000", "1e-1000000000", -1), ("1e1000000000", "10e999999999", 0),
        ("123456789012345678901234567890", "123456789012345678901234567891", -1),
        ("0.1000000000000000055511151231257827", "0.1", 1), ("1e400", "2e400", -1),
        ("12", "1.2", 1), ("0.012", "0.12", -1), ("1e99999999999999999999", "1e5", 1),
        ("1e-99999999999999999999", "0", 1),
    ])
    func `numbers are ordered by value`(one: String, two: String, order: Int) throws {
        #expect(try Self.with(one, two) { Decimal.order($0, $1) } == order)
        #expect(try Self.with(two, one) { Decimal.order($0, $1) } == -order)
        let hashesAgree = try Self.with(one, two) { $0.hashValue == $1.hashValue }
        #expect(order != 0 || hashesAgree)
    }

    @Test(arguments: [
        ("10", "2", true), ("7", "2", false), ("0", "5", true), ("0.0075", "0.0001", true),
        ("0.00751", "0.0001", false), ("4.5", "1.5", true), ("35", "1.5", false),
        ("1e308", "0.123456789", false), ("12391239123", "1e-8", true),
        ("1e1000000000", "3", false),
        ("3e1000000000", "3", true), ("1e1000000000", "1024", true), ("1e-1000000000", "1", false),
        ("-9", "3", true), ("9", "-3", true), ("1", "10", false), ("100", "1e2", true),
        ("999999999999999999999999999999", "999999999999999999", false),
        ("1000000000000000000000000000000", "0.000000000000000001", true), ("0.3", "0.1", true),
    ])
    func `multiples are exact`(number: String, divisor: String, isMultiple: Bool) throws {
        #expect(try Self.with(number, divisor) { $0.isMultiple(of: $1) } == isMultiple)
    }

    @Test(
        arguments: [
            ("1", 1), ("1.0", 1), ("10e-1", 1), ("-250e1", -2500), ("0.0", 0), ("1.5", nil),
            ("1e18", nil), ("999999999999999999", 999_999_999_999_999_999), ("1e-5", nil),
            ("0e50", 0),
            ("1e17", 100_000_000_000_000_000),
        ] as [(String, Int64?)])
    func `small integers are known as such`(text: String, value: Int64?) throws {
        #expect(try Self.with(text, text) { one, _ in one.smallInteger } == value)
    }

    @Test(arguments: [
        "", "-", "+1", "01", "1.", ".1", "1e", "1e+", "1 ", " 1", "0x1", "1e5.0", "NaN",
    ])
    func `what is no JSON number is no decimal`(text: String) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBytes { Decimal($0) == nil })
    }
}
