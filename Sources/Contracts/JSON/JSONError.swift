// Why a text is no JSON that we read. The cases are what a dead letter tells its sender.

/// A refused JSON text.
package enum JSONError: Error, Equatable, Sendable {
    /// Against RFC 8259: what, and where when it is known (a byte offset into the text).
    case malformed(what: String, byteOffset: Int?)
    /// Some byte of the text is not UTF-8 (RFC 8259, section 8.1).
    case notUtf8
    /// An object names a member twice (compared unescaped).
    case duplicateName(String)
    /// More containers inside one another than `Limits.jsonDepthMax`.
    case tooDeep
    /// More values and names than `Limits.jsonNodesMax`.
    case tooManyValues
    /// Larger than spans of 32 bits can address.
    case tooLarge
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed(let what, let offset?): "\(what) at byte \(offset)"
        case .malformed(let what, nil): what
        case .notUtf8: "not UTF-8"
        case .duplicateName(let name): "the member \"\(name)\" stands twice in one object"
        case .tooDeep: "containers are nested too deeply"
        case .tooManyValues: "too many values"
        case .tooLarge: "the text is too large"
        }
    }
}
