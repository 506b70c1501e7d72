// From a record's value and headers to an envelope. One reader is one slot: it owns the parsers and
// buffers that the views of its latest envelope point into.

import EventModel

/// Reads events of both modes, one at a time.
struct EnvelopeReader: ~Copyable {
    private let limits: Limits
    private var parser: JSONParser
    /// For decoded base64 only: the view of the envelope around it must stay.
    private var dataParser: JSONParser
    private var decoded = ByteBuffer()
    private var sources = SourceCheck()
    private let plain: PlainEnvelope
    /// The latest envelope.
    private let envelope: UnsafeMutablePointer<Envelope>
    /// Whether plain envelopes go the short way. Only the test that compares both turns it off.
    private let readsPlain: Bool

    init(limits: Limits, readsPlain: Bool = true) {
        self.limits = limits
        self.readsPlain = readsPlain
        parser = JSONParser(limits: limits)
        dataParser = JSONParser(limits: limits)
        plain = PlainEnvelope(limits: limits)
        envelope = .allocate(capacity: 1)
        let nothing = ByteView(start: nil, count: 0)
        envelope.initialize(
            to: Envelope(
                id: nothing, source: nothing, type: nothing, subject: nil, timeText: nothing,
                time: .distantPast, data: .absent))
    }

    deinit { envelope.deallocate() }

    /// One view per case of `Extension`.
    var extensions: UnsafeMutablePointer<ByteView> { plain.extensions }

    /// The envelope, valid until the next read. Throws malformedJson, notUtf8, notACloudEvent,
    /// timeUnusable.
    mutating func read(
        value: ByteView, headers: UnsafeBufferPointer<HeaderView>
    ) throws(Rejection) -> UnsafePointer<Envelope> {
        switch ContentModeStage.verdict(headers) {
        case .structured: try readStructured(value)
        case .binary(let contentType):
            envelope.pointee = try readBinary(value, headers: headers, contentType: contentType)
        case .unreadable(let contentType):
            throw Rejection(
                .notACloudEvent,
                "content-type \(Rejection.quote(contentType)) is no event format that is read")
        case .contentTypeTwice:
            throw Rejection(.notACloudEvent, "the header content-type stands twice")
        }
        return UnsafePointer(envelope)
    }

    // MARK: binary mode: attributes are headers, the value is the data

    private mutating func readBinary(
        _ value: ByteView, headers: UnsafeBufferPointer<HeaderView>, contentType: ByteView?
    ) throws(Rejection) -> Envelope {
        var attributes = newSet()
        if let contentType {
            let name: StaticString = "content-type"
            try attributes.take(
                .datacontenttype,
                written: ByteView(start: name.utf8Start, count: name.utf8CodeUnitCount),
                text: contentType)
        }
        for header in headers {
            guard ContentModeStage.isAttribute(header.name), let text = header.value else {
                continue
            }
            let written = ByteView(rebasing: header.name.dropFirst(3))
            let name = AttributeName(written)
            // The binding maps content-type to datacontenttype; a second spelling beside it is
            // what some SDKs add.
            if name == .datacontenttype && contentType != nil { continue }
            try attributes.take(name, written: written, text: text)
        }
        let data: ReceivedData =
            attributes.isDataJSON
            ? .json(try Self.parse(value, with: &parser), bytes: value) : .opaque(value)
        return try attributes.envelope(data: data, sources: &sources)
    }

    // MARK: structured mode: one JSON object

    private mutating func readStructured(_ value: ByteView) throws(Rejection) {
        let root = try Self.parse(value, with: &parser)
        if readsPlain && plain.read(root, sources: &sources, into: envelope) { return }
        envelope.pointee = try readMembers(root)
    }

    private mutating func readMembers(_ root: JSONView) throws(Rejection) -> Envelope {
        guard root.kind == .object else {
            throw Rejection(.notACloudEvent, "the value is no JSON object")
        }
        var attributes = newSet()
        var data: JSONView?
        var base64: JSONView?
        var at = root.index + 1
        let end = Int(root.nodes[root.index].next)
        while at < end {
            let written = root.at(at).bytes
            let member = root.at(at + 1)
            at = Int(root.nodes[at + 1].next)
            let name = AttributeName(written)
            switch name {
            case .data: data = member
            case .dataBase64: base64 = member.kind == .null ? nil : member
            default:
                if try Self.isText(member, name, written) {
                    try attributes.take(name, written: written, text: member.bytes)
                }
            }
        }
        let received = try receive(data, base64, isJSON: attributes.isDataJSON)
        return try attributes.envelope(data: received, sources: &sources)
    }

    /// Whether an attribute has a text to take. What CloudEvents names is text; an extension may
    /// also be a truth value or an integer. A null attribute is an absent one (JSON event format
    /// 1.0.2, 2.2).
    private static func isText(
        _ member: JSONView, _ name: AttributeName, _ written: ByteView
    ) throws(Rejection) -> Bool {
        let isAllowed: Bool
        switch member.kind {
        case .string: return true
        case .null: return name == .illFormed
        case .true, .false: isAllowed = name.isExtension
        case .number: isAllowed = name.isExtension && isInteger(member.bytes)
        case .object, .array: isAllowed = false
        }
        guard isAllowed else {
            throw Rejection(
                .notACloudEvent, "\(Rejection.quote(written)) is of a type that no attribute has")
        }
        return true
    }

    /// CloudEvents' Integer: 32 bits, no fraction, no exponent.
    private static func isInteger(_ number: ByteView) -> Bool {
        number.count <= 11 && Int32(number.text) != nil
    }

    private mutating func receive(
        _ data: JSONView?, _ base64: JSONView?, isJSON: Bool
    ) throws(Rejection) -> ReceivedData {
        guard let base64 else {
            guard let data else { return .absent }
            // The span as it stands for containers and numbers. A string's is unescaped, which
            // matters to nobody: no type's data is a string.
            return isJSON ? .json(data, bytes: data.bytes) : .opaque(data.bytes)
        }
        guard data == nil else {
            throw Rejection(.notACloudEvent, "data and data_base64 exclude each other")
        }
        guard base64.kind == .string, Base64.decode(base64.bytes, into: &decoded) else {
            throw Rejection(.notACloudEvent, "data_base64 is no strict base64")
        }
        guard isJSON else { return .opaque(decoded.bytes) }
        return .json(try Self.parse(decoded.bytes, with: &dataParser), bytes: decoded.bytes)
    }

    private func newSet() -> AttributeSet {
        AttributeSet(extensions: extensions, attributeBytesMax: limits.attributeBytesMax)
    }

    private static func parse(
        _ bytes: ByteView, with parser: inout JSONParser
    ) throws(Rejection) -> JSONView {
        do {
            return try parser.parse(bytes)
        } catch {
            switch error {
            case .notUtf8: throw Rejection(.notUtf8, "\(error)")
            case .malformed, .duplicateName, .tooDeep, .tooManyValues:
                throw Rejection(.malformedJson, "\(error)")
            case .tooLarge: throw Rejection(.tooLarge, "\(error)")
            }
        }
    }
}
