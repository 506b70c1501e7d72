// Quantities are compared as decimals, exactly, from the text they were written in (docs/events.md:
// never through a double). A Decimal is a view of that text: nothing is converted or allocated.
//
//   -00120.500e-3  ->  digits "12.05", most significant digit worth 10^-1, negative

/// A decimal number as it was written; valid as long as its bytes.
package struct Decimal: Sendable {
    /// From the first digit that is not 0 to the last, possibly with the point between.
    private nonisolated(unsafe) let digits: ByteView
    /// How many digits stand in `digits`.
    private let digitCount: Int
    /// The value is 0.d1d2d3... times 10 to this. Saturates at ±10^17, beyond which numbers of
    /// equal sign and digits count as equal.
    private let exponent: Int64
    private let isNegative: Bool

    package var isZero: Bool { digitCount == 0 }
    package var isPositive: Bool { !isZero && !isNegative }

    /// No digit stands behind the point, however it was written: 1, 1.0 and 10e-1 are integers.
    package var isInteger: Bool { isZero || exponent >= Int64(digitCount) }

    /// The number of that text (RFC 8259, section 6); nil when it is none. Linear in its length.
    package init?(_ text: ByteView) {
        var at = 0
        var isNegative = false
        if at < text.count, text[at] == 0x2d {
            isNegative = true
            at += 1
        }
        let start = at
        while at < text.count, text[at] &- 48 < 10 { at += 1 }
        let whole = at - start
        guard whole > 0, whole == 1 || text[start] != 48 else { return nil }
        if at < text.count, text[at] == 0x2e {
            at += 1
            let fraction = at
            while at < text.count, text[at] &- 48 < 10 { at += 1 }
            guard at > fraction else { return nil }
        }
        let end = at
        guard let written = Self.writtenExponent(text, from: at) else { return nil }
        self.init(
            text, start: start, end: end, wholeDigits: whole, written: written,
            isNegative: isNegative)
    }

    private init(
        _ text: ByteView, start: Int, end: Int, wholeDigits: Int, written: Int64, isNegative: Bool
    ) {
        var first = start
        var last = end
        while first < end, text[first] == 48 || text[first] == 0x2e { first += 1 }
        while last > first, text[last - 1] == 48 || text[last - 1] == 0x2e { last -= 1 }
        let point = start + wholeDigits
        digits = ByteView(rebasing: text[first..<last])
        digitCount = last - first - (first < point && point < last ? 1 : 0)
        // Where the first digit stands, counted from the point.
        let place = first < point ? point - first : point + 1 - first
        exponent = max(-Self.exponentMax, min(Self.exponentMax, written + Int64(place)))
        self.isNegative = isNegative && last > first
    }

    private static let exponentMax: Int64 = 100_000_000_000_000_000

    private static func writtenExponent(_ text: ByteView, from start: Int) -> Int64? {
        var at = start
        guard at < text.count else { return 0 }
        guard text[at] | 0x20 == 0x65 else { return nil }
        at += 1
        var isNegative = false
        if at < text.count, text[at] == 0x2b || text[at] == 0x2d {
            isNegative = text[at] == 0x2d
            at += 1
        }
        guard at < text.count else { return nil }
        var value: Int64 = 0
        while at < text.count {
            let digit = text[at] &- 48
            guard digit < 10 else { return nil }
            // Stops growing at the maximum, which leaves room for one more digit.
            if value < exponentMax { value = min(exponentMax, value * 10 + Int64(digit)) }
            at += 1
        }
        return isNegative ? -value : value
    }
}

extension Decimal: Comparable {
    /// -1, 0 or 1: how the first number stands to the second.
    package static func order(_ left: Decimal, _ right: Decimal) -> Int {
        if left.isZero || right.isZero || left.isNegative != right.isNegative {
            return left.sign < right.sign ? -1 : left.sign == right.sign ? 0 : 1
        }
        let magnitude = orderOfMagnitudes(left, right)
        return left.isNegative ? -magnitude : magnitude
    }

    package static func == (left: Decimal, right: Decimal) -> Bool { order(left, right) == 0 }
    package static func < (left: Decimal, right: Decimal) -> Bool { order(left, right) < 0 }

    private var sign: Int { isZero ? 0 : isNegative ? -1 : 1 }

    private static func orderOfMagnitudes(_ left: Decimal, _ right: Decimal) -> Int {
        if left.exponent != right.exponent { return left.exponent < right.exponent ? -1 : 1 }
        var one = 0
        var two = 0
        while true {
            if one < left.digits.count, left.digits[one] == 0x2e { one += 1 }
            if two < right.digits.count, right.digits[two] == 0x2e { two += 1 }
            // No trailing zeros: the one that goes on is the greater.
            if one == left.digits.count { return two == right.digits.count ? 0 : -1 }
            if two == right.digits.count { return 1 }
            if left.digits[one] != right.digits[two] {
                return left.digits[one] < right.digits[two] ? -1 : 1
            }
            one += 1
            two += 1
        }
    }
}

extension Decimal: Hashable {
    /// Equal numbers hash alike, however they are written.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(sign)
        guard !isZero else { return }
        hasher.combine(exponent)
        for digit in digits where digit != 0x2e { hasher.combine(digit) }
    }
}

extension Decimal {
    /// The value when it is an integer of at most 18 digits.
    package var smallInteger: Int64? {
        guard isInteger, isZero || exponent <= 18 else { return nil }
        var value: Int64 = 0
        for digit in digits where digit != 0x2e { value = value * 10 + Int64(digit - 48) }
        for _ in 0..<(isZero ? 0 : exponent - Int64(digitCount)) { value *= 10 }
        return isNegative ? -value : value
    }

    /// Whether this number can divide: not zero, and of at most 18 significant digits.
    package var isDivisor: Bool { !isZero && digitCount <= 18 }

    /// An integer times the divisor, exactly. The work is linear in the text, also for
    /// 1e1000000000. The divisor must be one (`isDivisor`).
    package func isMultiple(of divisor: Decimal) -> Bool {
        precondition(divisor.isDivisor, "a divisor has 1 to 18 significant digits")
        guard !isZero else { return true }
        // As integers that do not end in 0: self = X * 10^a, divisor = M * 10^b.
        let power = (exponent - Int64(digitCount)) - (divisor.exponent - Int64(divisor.digitCount))
        // M * 10^-power would have to divide X, which no power of ten does.
        guard power >= 0 else { return false }
        var modulus: UInt64 = 0
        for digit in divisor.digits where digit != 0x2e {
            modulus = modulus * 10 + UInt64(digit - 48)
        }
        var rest: UInt64 = 0
        for digit in digits where digit != 0x2e {
            rest = Self.product(rest, 10, modulo: modulus) + UInt64(digit - 48)
            rest %= modulus
        }
        return Self.product(rest, Self.tenToThe(power, modulo: modulus), modulo: modulus) == 0
    }

    private static func product(_ one: UInt64, _ two: UInt64, modulo: UInt64) -> UInt64 {
        let wide = one.multipliedFullWidth(by: two)
        return modulo.dividingFullWidth((wide.high % modulo, wide.low)).remainder
    }

    private static func tenToThe(_ power: Int64, modulo: UInt64) -> UInt64 {
        var result = 1 % modulo
        var base = 10 % modulo
        var left = power
        while left > 0 {
            if left & 1 == 1 { result = product(result, base, modulo: modulo) }
            base = product(base, base, modulo: modulo)
            left >>= 1
        }
        return result
    }
}
