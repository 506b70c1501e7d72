// Bytes -> YAMLNode, refusing by place whatever would make a file mean something else than it seems
// to: two values for one name, several documents, nesting beyond sight, bytes that are no UTF-8.

package import EventModel

/// Reads YAML files.
package enum YAMLReader {
    /// Containers in containers, at most.
    package static let depthMax = 32

    /// The document in a text; nil when there is none (an empty file, or comments only).
    package static func read(_ bytes: [UInt8], file: String, limits: Limits)
        throws(ConfigurationError) -> YAMLNode?
    {
        guard bytes.count <= limits.configurationBytesMax else {
            throw ConfigurationError(
                kind: .configuration, place: "\(file):1:1",
                cause: "\(bytes.count) bytes, more than \(limits.configurationBytesMax)",
                wayOut: "Split the file")
        }
        try checkUTF8(bytes, file: file)
        // A closure cannot carry the typed error out, so the answer does.
        let answer = bytes.withUnsafeBufferPointer {
            buffer -> Result<YAMLNode?, ConfigurationError> in
            do throws(ConfigurationError) {
                var builder = TreeBuilder(parser: YAMLParser(buffer, file: file), file: file)
                return .success(try builder.document())
            } catch {
                return .failure(error)
            }
        }
        return try answer.get()
    }

    /// libyaml tells of bad bytes by offset only; this tells line and column.
    private static func checkUTF8(_ bytes: [UInt8], file: String) throws(ConfigurationError) {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var position = YAMLPosition(line: 1, column: 1)
        while true {
            switch decoder.decode(&iterator) {
            case .emptyInput: return
            case .scalarValue("\n"):
                position.line += 1
                position.column = 1
            case .scalarValue: position.column += 1
            case .error:
                throw ConfigurationError(
                    kind: .configuration, place: "\(file):\(position.line):\(position.column)",
                    cause: "a byte that is no UTF-8", wayOut: "Save the file as UTF-8")
            }
        }
    }
}

/// Builds the tree from the events. Recursion is bounded by the depth limit.
private struct TreeBuilder: ~Copyable {
    var parser: YAMLParser
    let file: String

    mutating func document() throws(ConfigurationError) -> YAMLNode? {
        let (first, _) = try parser.next()
        guard case .documentStart = first else { return nil }
        let (event, position) = try parser.next()
        let node = try node(event, at: position, depth: 1)
        // The document's end.
        _ = try parser.next()
        let (after, place) = try parser.next()
        guard case .streamEnd = after else {
            throw error(
                "a second document", at: place, wayOut: "Keep one document in a file; remove '---'")
        }
        return node
    }

    private mutating func node(_ event: YAMLEvent, at position: YAMLPosition, depth: Int)
        throws(ConfigurationError) -> YAMLNode
    {
        let content: YAMLNode.Content
        switch event {
        case .scalar(let text, let isPlain): content = .scalar(text, isPlain: isPlain)
        case .sequenceStart: content = try sequence(at: position, depth: depth)
        case .mappingStart: content = try mapping(at: position, depth: depth)
        case .sequenceEnd, .mappingEnd, .documentStart, .documentEnd, .streamEnd:
            throw error("a value is missing", at: position)
        }
        return YAMLNode(content: content, position: position, file: file)
    }

    private mutating func sequence(at position: YAMLPosition, depth: Int)
        throws(ConfigurationError) -> YAMLNode.Content
    {
        try checkDepth(depth, at: position)
        var elements: [YAMLNode] = []
        while true {
            let (event, place) = try parser.next()
            if case .sequenceEnd = event { return .sequence(elements) }
            elements.append(try node(event, at: place, depth: depth + 1))
        }
    }

    private mutating func mapping(at position: YAMLPosition, depth: Int)
        throws(ConfigurationError) -> YAMLNode.Content
    {
        try checkDepth(depth, at: position)
        var entries: [YAMLNode.Entry] = []
        var lines: [String: Int] = [:]
        while true {
            let (event, place) = try parser.next()
            if case .mappingEnd = event { return .mapping(entries) }
            guard case .scalar(let name, _) = event else {
                throw error("a name that is a list or a mapping", at: place)
            }
            if let line = lines.updateValue(place.line, forKey: name) {
                throw error(
                    "'\(name)' is written twice, first in line \(line)", at: place,
                    wayOut: "Remove one of them")
            }
            let (next, valuePlace) = try parser.next()
            let value = try node(next, at: valuePlace, depth: depth + 1)
            entries.append(YAMLNode.Entry(name: name, position: place, value: value))
        }
    }

    private func checkDepth(_ depth: Int, at position: YAMLPosition) throws(ConfigurationError) {
        guard depth <= YAMLReader.depthMax else {
            throw error("nested deeper than \(YAMLReader.depthMax)", at: position)
        }
    }

    private func error(_ cause: String, at position: YAMLPosition, wayOut: String = "")
        -> ConfigurationError
    {
        ConfigurationError(
            kind: .configuration, place: "\(file):\(position.line):\(position.column)",
            cause: cause, wayOut: wayOut)
    }
}
