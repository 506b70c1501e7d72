// ECMA-262 patterns (flag `u`) in PCRE2's words. What the two read differently is rewritten; what
// ECMA-262 does not know is refused, so that no pattern means more here than elsewhere.

/// Rewrites one pattern.
struct PatternTranslator {
    private let input: [Unicode.Scalar]
    private var at = 0
    private var output = ""
    /// Something stands before that a quantifier may repeat.
    private var isRepeatable = false

    /// White space and line ends of ECMA-262 (section 22.2.2.9), inside brackets.
    private static let space = #"\t\n\x0b\f\r \x{a0}\x{feff}\x{2028}\x{2029}\p{Zs}"#

    static func translate(_ pattern: String) throws(PatternError) -> String {
        var translator = PatternTranslator(input: Array(pattern.unicodeScalars))
        try translator.run()
        return translator.output
    }

    static func isPattern(_ text: String) -> Bool {
        guard let pattern = try? Pattern(ecma: text) else { return false }
        pattern.free()
        return true
    }

    private init(input: [Unicode.Scalar]) { self.input = input }

    private var next: Unicode.Scalar? { at < input.count ? input[at] : nil }

    private func fail(_ text: String) -> PatternError { PatternError(text: text) }

    private mutating func emit(_ text: String, repeatable: Bool = true) {
        output += text
        isRepeatable = repeatable
    }

    private mutating func run() throws(PatternError) {
        while let scalar = next {
            at += 1
            switch scalar {
            case "\\": try escape()
            case "[": try bracket()
            case "(": try group()
            case ".": emit(#"[^\n\r\x{2028}\x{2029}]"#)
            case ")": emit(")")
            case "^", "$", "|": emit(String(scalar), repeatable: false)
            case "*", "+", "?": try quantifier(String(scalar))
            case "{": try quantifier(count())
            case "}", "]": throw fail("\(scalar) stands alone")
            default: emit(String(scalar))
            }
        }
    }

    private mutating func quantifier(_ text: String) throws(PatternError) {
        guard isRepeatable else { throw fail("there is nothing to repeat before \(text)") }
        emit(text, repeatable: false)
        if next == "?" {
            at += 1
            output += "?"
        }
    }

    /// `{n}`, `{n,}` or `{n,m}`.
    private mutating func count() throws(PatternError) -> String {
        let start = at
        while let scalar = next, scalar != "}" { at += 1 }
        let body = String(String.UnicodeScalarView(input[start..<at]))
        let parts = body.split(separator: ",", omittingEmptySubsequences: false)
        let areNumbers = parts.enumerated().allSatisfy { index, part in
            part.isEmpty ? index == 1 : part.utf8.allSatisfy { $0 &- 48 < 10 }
        }
        guard next == "}", areNumbers, parts.count <= 2 else {
            throw fail("{ does not begin a count")
        }
        at += 1
        return "{\(body)}"
    }

    private mutating func group() throws(PatternError) {
        guard next == "?" else { return emit("(", repeatable: false) }
        let rest = String(String.UnicodeScalarView(input[at..<min(at + 3, input.count)]))
        for opening in ["?:", "?=", "?!", "?<=", "?<!"] where rest.hasPrefix(opening) {
            at += opening.unicodeScalars.count
            return emit("(" + opening, repeatable: false)
        }
        guard rest.hasPrefix("?<") else { throw fail("ECMA-262 has no group (\(rest)") }
        at += 2
        emit("(?<" + (try name()) + ">", repeatable: false)
    }

    /// A group's name and the `>` after it.
    private mutating func name() throws(PatternError) -> String {
        var text = ""
        while let scalar = next, scalar != ">" {
            text.unicodeScalars.append(scalar)
            at += 1
        }
        guard next == ">", !text.isEmpty else { throw fail("a group's name has no end") }
        at += 1
        return text
    }

    private mutating func escape() throws(PatternError) {
        guard let scalar = next else { throw fail("\\ stands at the end") }
        switch scalar {
        case "b", "B":
            at += 1
            emit("\\" + String(scalar), repeatable: false)
        case "k":
            at += 1
            guard next == "<" else { throw fail("\\k needs a name") }
            at += 1
            emit("\\k<" + (try name()) + ">")
        case "1"..."9":
            var digits = ""
            while let digit = next, ("0"..."9").contains(digit) {
                digits.unicodeScalars.append(digit)
                at += 1
            }
            emit("\\g{\(digits)}")
        case "s":
            at += 1
            emit("[\(Self.space)]")
        case "S":
            at += 1
            emit("[^\(Self.space)]")
        default: emit(try character())
        }
    }

    /// An escape that means the same inside and outside brackets.
    private mutating func character() throws(PatternError) -> String {
        guard let scalar = next else { throw fail("\\ stands at the end") }
        at += 1
        switch scalar {
        case "d", "D", "w", "W", "t", "n", "r", "f": return "\\" + String(scalar)
        case "v": return "\\x0b"
        case "0":
            if let digit = next, ("0"..."9").contains(digit) {
                throw fail("octal escapes are none")
            }
            return "\\x{0}"
        case "c":
            guard let letter = next, letter.properties.isAlphabetic, letter.isASCII else {
                throw fail("\\c needs a letter")
            }
            at += 1
            return "\\x{\(String(letter.value & 31, radix: 16))}"
        case "x": return "\\x{\(String(try hexadecimal(2), radix: 16))}"
        case "u": return "\\x{\(String(try codePoint(), radix: 16))}"
        case "p", "P": return "\\" + String(scalar) + "{" + (try property()) + "}"
        default:
            guard scalar.isASCII, !scalar.properties.isAlphabetic, scalar.value > 32 else {
                throw fail("\\\(scalar) is no escape of ECMA-262")
            }
            return "\\" + String(scalar)
        }
    }

    private mutating func hexadecimal(_ digits: Int) throws(PatternError) -> UInt32 {
        let end = at + digits
        guard end <= input.count,
            let value = UInt32(String(String.UnicodeScalarView(input[at..<end])), radix: 16),
            input[at] != "+", input[at] != "-"
        else { throw fail("\(digits) hexadecimal digits are missing") }
        at = end
        return value
    }

    /// After `\u`: four digits, two surrogates, or digits in braces.
    private mutating func codePoint() throws(PatternError) -> UInt32 {
        var value: UInt32
        if next == "{" {
            let end = input[at...].firstIndex(of: "}") ?? at
            let digits = end - at - 1
            guard digits > 0 else { throw fail("\\u{ has no end") }
            at += 1
            value = try hexadecimal(digits)
            at += 1
        } else {
            value = try hexadecimal(4)
            if (0xd800..<0xdc00).contains(value), at + 1 < input.count, input[at] == "\\",
                input[at + 1] == "u"
            {
                at += 2
                let low = try hexadecimal(4)
                guard (0xdc00..<0xe000).contains(low) else { throw fail("a lone surrogate") }
                value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
            }
        }
        guard Unicode.Scalar(value) != nil else { throw fail("a lone surrogate") }
        return value
    }

    private mutating func property() throws(PatternError) -> String {
        guard next == "{", let end = input[at...].firstIndex(of: "}") else {
            throw fail("\\p needs a property in braces")
        }
        let text = String(String.UnicodeScalarView(input[(at + 1)..<end]))
        at = end + 1
        guard let name = UnicodeProperty.pcre2Name(of: text) else {
            throw fail("the property \(text) is not known")
        }
        return name
    }

    /// A class. PCRE2 has no complement inside brackets but its own, so `\S` among other members
    /// becomes an alternative of its own.
    private mutating func bracket() throws(PatternError) {
        var isNegated = false
        if next == "^" {
            isNegated = true
            at += 1
        }
        var members = ""
        var hasNotSpace = false
        while let scalar = next, scalar != "]" {
            at += 1
            switch scalar {
            case "\\" where next == "s":
                at += 1
                members += Self.space
            case "\\" where next == "S":
                at += 1
                hasNotSpace = true
            case "\\" where next == "b":
                at += 1
                members += "\\x{8}"
            case "\\" where next == "-":
                at += 1
                members += "\\-"
            case "\\": members += try character()
            case "[": members += "\\["
            case "^": members += "\\^"
            default: members += String(scalar)
            }
        }
        guard next == "]" else { throw fail("[ has no end") }
        at += 1
        let notSpace = "[^\(Self.space)]"
        switch (isNegated, members.isEmpty, hasNotSpace) {
        case (false, true, false): emit("(?!)")
        case (true, true, false): emit(#"[\x{0}-\x{10ffff}]"#)
        case (false, true, true): emit(notSpace)
        case (true, true, true): emit("[\(Self.space)]")
        case (false, false, false): emit("[\(members)]")
        case (true, false, false): emit("[^\(members)]")
        case (false, false, true): emit("(?:[\(members)]|\(notSpace))")
        case (true, false, true): emit("(?:(?!\(notSpace))[^\(members)])")
        }
    }
}
