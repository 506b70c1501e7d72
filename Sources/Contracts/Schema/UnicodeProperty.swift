// The names of Unicode properties in patterns (`\p{...}`), from ECMA-262's to PCRE2's.

/// Unicode properties: ECMA-262 has long and short names of general categories, PCRE2 short ones.
enum UnicodeProperty {
    static func pcre2Name(of text: String) -> String? {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        let value = String(parts.last ?? "")
        guard !value.isEmpty, value.utf8.allSatisfy({ isNameByte($0) }) else { return nil }
        guard parts.count == 2 else {
            return parts.count == 1 ? categories[value] ?? known(value) : nil
        }
        switch parts[0] {
        case "General_Category", "gc": return categories[value] ?? known(value)
        case "Script", "sc": return "sc:" + value
        case "Script_Extensions", "scx": return "scx:" + value
        default: return nil
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte &- 48 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5f
    }

    /// Short names of categories, and binary properties, are the same in both.
    private static func known(_ name: String) -> String? {
        if name.utf8.count <= 2 {
            return categories.values.contains(name) ? name : nil
        }
        return name == "Any" || name == "ASCII" || name.hasSuffix("case")
            || name == "Alphabetic" || name == "White_Space" || name == "Emoji" ? name : nil
    }

    private static let categories: [String: String] = [
        "Letter": "L", "Cased_Letter": "L&", "LC": "L&", "Uppercase_Letter": "Lu",
        "Lowercase_Letter": "Ll", "Titlecase_Letter": "Lt", "Modifier_Letter": "Lm",
        "Other_Letter": "Lo", "Mark": "M", "Combining_Mark": "M", "Nonspacing_Mark": "Mn",
        "Spacing_Mark": "Mc", "Enclosing_Mark": "Me", "Number": "N", "Decimal_Number": "Nd",
        "digit": "Nd", "Letter_Number": "Nl", "Other_Number": "No", "Punctuation": "P",
        "punct": "P", "Connector_Punctuation": "Pc", "Dash_Punctuation": "Pd",
        "Open_Punctuation": "Ps", "Close_Punctuation": "Pe", "Initial_Punctuation": "Pi",
        "Final_Punctuation": "Pf", "Other_Punctuation": "Po", "Symbol": "S", "Math_Symbol": "Sm",
        "Currency_Symbol": "Sc", "Modifier_Symbol": "Sk", "Other_Symbol": "So", "Separator": "Z",
        "Space_Separator": "Zs", "Line_Separator": "Zl", "Paragraph_Separator": "Zp",
        "Other": "C", "Control": "Cc", "cntrl": "Cc", "Format": "Cf", "Surrogate": "Cs",
        "Private_Use": "Co", "Unassigned": "Cn",
    ]
}
