// Why a schema does not compile. All of it is found at start; nothing is left to a record.

/// A schema that is refused.
package struct SchemaError: Error, Equatable, Sendable {
    package enum Problem: Equatable, Sendable {
        /// The schema's text is no JSON.
        case malformed(JSONError)
        /// A keyword that this compiler does not check (docs/json-schema.md lists them).
        case unsupportedKeyword
        /// A value that the keyword does not allow.
        case invalidValue(String)
        /// No document that was given holds what the reference names.
        case unresolvedReference(String)
        /// The schema applies itself to the same value, for ever.
        case endlessRecursion
        case unsupportedFormat(String)
        case invalidPattern(String)
    }
    /// The document, by the URI it was given under.
    package let document: String
    /// JSON pointer to the schema in it.
    package let pointer: String
    /// The keyword at fault; empty when it is the schema as a whole.
    package let keyword: String
    package let problem: Problem
}

extension SchemaError: CustomStringConvertible {
    package var description: String {
        let place = "\(document)#\(pointer): "
        switch problem {
        case .malformed(let error): return place + "\(error)"
        case .unsupportedKeyword: return place + "the keyword \"\(keyword)\" is not supported"
        case .invalidValue(let why): return place + "\"\(keyword)\": \(why)"
        case .unresolvedReference(let target): return place + "nothing is known as \(target)"
        case .endlessRecursion: return place + "the schema applies itself to the same value"
        case .unsupportedFormat(let name): return place + "the format \"\(name)\" is not supported"
        case .invalidPattern(let why): return place + "\"\(keyword)\": \(why)"
        }
    }
}
