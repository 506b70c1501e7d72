// A YAML document as a tree that still knows where everything stood, so that every complaint about
// its content can name file, line and column. Only the part of YAML that a person can review at a
// glance: no aliases, no tags, no duplicate names (YAMLReader refuses them).

/// A value of a YAML document.
package struct YAMLNode: Equatable, Sendable {
    /// What the value is. `isPlain` is false for quoted and block scalars: those are always
    /// strings.
    package enum Content: Equatable, Sendable {
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    /// A member of a mapping, in the order of the file.
    package struct Entry: Equatable, Sendable {
        package let name: String
        package let position: YAMLPosition
        package let value: YAMLNode
    }

    package let content: Content
    package let position: YAMLPosition
    /// The file's name as the person gave it, for errors.
    package let file: String

    /// The member of that name; nil when absent or when this is no mapping.
    package func member(_ name: String) -> YAMLNode? {
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.name == name }?.value
    }

    /// What the value is, in a person's words.
    package var kindName: String {
        switch content {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// `file:line:column` of this value.
    package var place: String { "\(file):\(position.line):\(position.column)" }

    /// An error about this value.
    package func error(_ cause: String, wayOut: String = "") -> ConfigurationError {
        ConfigurationError(kind: .configuration, place: place, cause: cause, wayOut: wayOut)
    }

    /// The value at a JSON pointer (RFC 6901), or the deepest ancestor of it that exists: a schema
    /// violation names a pointer, a person wants a line.
    package func nearest(toPointer pointer: String) -> YAMLNode {
        var node = self
        for part in pointer.split(separator: "/") {
            let name = Self.unescape(part)
            switch node.content {
            case .scalar: return node
            case .sequence(let elements):
                guard let index = Int(name), elements.indices.contains(index) else { return node }
                node = elements[index]
            case .mapping:
                guard let member = node.member(name) else { return node }
                node = member
            }
        }
        return node
    }

    private static func unescape(_ part: Substring) -> String {
        var name = ""
        var isEscaped = false
        for character in part {
            switch (isEscaped, character) {
            case (true, "0"): name.append("~")
            case (true, "1"): name.append("/")
            case (false, "~"):
                isEscaped = true
                continue
            default: name.append(character)
            }
            isEscaped = false
        }
        return name
    }
}
