// libyaml's event API behind one owner. Only this file knows the C library; YAMLReader sees events
// that have been checked already: no aliases, no anchors, no tags, no NUL.

import CYaml

/// One event of a YAML stream.
enum YAMLEvent {
    case scalar(String, isPlain: Bool)
    case sequenceStart, sequenceEnd, mappingStart, mappingEnd
    case documentStart, documentEnd, streamEnd
}

/// Owns a `yaml_parser_t`. The bytes must outlive it.
struct YAMLParser: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let file: String

    init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) {
        self.file = file
        parser = .allocate(capacity: 1)
        guard yaml_parser_initialize(parser) == 1 else { preconditionFailure("out of memory") }
        // The encoding is fixed: libyaml would take a byte order mark's word for UTF-16.
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event and where it begins.
    mutating func next() throws(ConfigurationError) -> (YAMLEvent, YAMLPosition) {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw parseError() }
            defer { yaml_event_delete(&event) }
            let position = Self.position(event.start_mark)
            // The stream's start tells nothing.
            if event.type == YAML_STREAM_START_EVENT { continue }
            return (try read(event, at: position), position)
        }
    }

    private func read(_ event: yaml_event_t, at position: YAMLPosition) throws(ConfigurationError)
        -> YAMLEvent
    {
        switch event.type {
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_STREAM_END_EVENT: return .streamEnd
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            try refuse(anchor: start.anchor, tag: start.tag, at: position)
            return .sequenceStart
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            try refuse(anchor: start.anchor, tag: start.tag, at: position)
            return .mappingStart
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            try refuse(anchor: scalar.anchor, tag: scalar.tag, at: position)
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            // A NUL would cut the text short wherever a C library reads it.
            guard !bytes.contains(0) else {
                throw error("a NUL character in a value", at: position)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            return .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
        case YAML_ALIAS_EVENT:
            throw error("aliases (*name) are refused", at: position, wayOut: "Write the value out")
        default:
            throw error("an event that libyaml does not document", at: position)
        }
    }

    private func refuse(
        anchor: UnsafeMutablePointer<yaml_char_t>?, tag: UnsafeMutablePointer<yaml_char_t>?,
        at position: YAMLPosition
    ) throws(ConfigurationError) {
        if anchor != nil {
            throw error("anchors (&name) are refused", at: position, wayOut: "Write the value out")
        }
        if tag != nil {
            throw error("tags (!name) are refused", at: position, wayOut: "Remove the tag")
        }
    }

    private func parseError() -> ConfigurationError {
        let state = parser.pointee
        let problem = state.problem.map { String(cString: $0) } ?? "it cannot be read"
        let context = state.context.map { " " + String(cString: $0) } ?? ""
        return error("not YAML: \(problem)\(context)", at: Self.position(state.problem_mark))
    }

    private func error(_ cause: String, at position: YAMLPosition, wayOut: String = "")
        -> ConfigurationError
    {
        ConfigurationError(
            kind: .configuration, place: "\(file):\(position.line):\(position.column)",
            cause: cause, wayOut: wayOut)
    }

    private static func position(_ mark: yaml_mark_t) -> YAMLPosition {
        YAMLPosition(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
