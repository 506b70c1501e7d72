// The attributes of one event while they are collected, and the rules of CloudEvents 1.0.2 they
// must keep. Both modes fill the same set, so both obey the same rules.

import EventModel

/// Attributes as found. A view without a base address is an absent attribute.
struct AttributeSet {
    private static var absent: ByteView { ByteView(start: nil, count: 0) }

    /// Asked for once: `allCases` makes an array each time.
    static let extensionCount = Extension.allCases.count

    private var specversion = absent
    private var id = absent
    private var source = absent
    private var type = absent
    private var subject = absent
    private var time = absent
    private var dataschema = absent
    private(set) var contentType = absent
    /// `Extension.allCases.count` views.
    private let extensions: UnsafeMutablePointer<ByteView>
    private let attributeBytesMax: Int

    init(extensions: UnsafeMutablePointer<ByteView>, attributeBytesMax: Int) {
        self.extensions = extensions
        self.attributeBytesMax = attributeBytesMax
        extensions.update(repeating: Self.absent, count: Self.extensionCount)
    }

    /// Whether the data is JSON: said, or not said otherwise.
    var isDataJSON: Bool { contentType.baseAddress == nil || MediaType.isJSON(contentType) }

    /// Takes an attribute's text. `written` is its name, for the refusal.
    mutating func take(
        _ name: AttributeName, written: ByteView, text: ByteView
    ) throws(Rejection) {
        try checkText(text, of: written)
        switch name {
        case .specversion: try set(&specversion, text, written)
        case .id: try set(&id, text, written)
        case .source: try set(&source, text, written)
        case .type: try set(&type, text, written)
        case .subject: try set(&subject, text, written)
        case .time: try set(&time, text, written)
        case .dataschema: try set(&dataschema, text, written)
        case .datacontenttype: try set(&contentType, text, written)
        case .known(let known): try set(&extensions[Int(known.rawValue)], text, written)
        case .other: break
        case .data, .dataBase64, .illFormed:
            throw Rejection(
                .notACloudEvent,
                "\(Rejection.quote(written)) is no name of an attribute")
        }
    }

    /// Two headers of one name contradict each other, even when they agree today.
    private func set(
        _ place: inout ByteView, _ text: ByteView, _ written: ByteView
    ) throws(Rejection) {
        guard place.baseAddress == nil else {
            throw Rejection(.notACloudEvent, "\(Rejection.quote(written)) stands twice")
        }
        // An empty header may come without an address, which would mean absent here.
        place = text.baseAddress == nil ? ByteView(start: written.baseAddress, count: 0) : text
    }

    private func checkText(_ text: ByteView, of written: ByteView) throws(Rejection) {
        guard text.count <= attributeBytesMax else {
            throw Rejection(
                .notACloudEvent,
                "\(Rejection.quote(written)) has \(text.count) bytes, at most "
                    + "\(attributeBytesMax) are taken")
        }
        switch AttributeText.verdict(text) {
        case .usable: return
        case .notUtf8:
            throw Rejection(.notUtf8, "\(Rejection.quote(written)) is not UTF-8")
        case .forbiddenCharacter:
            throw Rejection(
                .notACloudEvent, "\(Rejection.quote(written)) holds a control character")
        }
    }

    /// The envelope, when the attributes keep the rules. What is wrong with the envelope is said
    /// before what is wrong with its time.
    func envelope(
        data: ReceivedData, sources: inout SourceCheck
    ) throws(Rejection) -> Envelope {
        guard specversion.isSame(as: "1.0") else {
            throw Rejection(
                .notACloudEvent,
                specversion.baseAddress == nil
                    ? "specversion is missing"
                    : "specversion is \(Rejection.quote(specversion)), not \"1.0\"")
        }
        try require(id, "id")
        try require(source, "source")
        try require(type, "type")
        guard sources.isReference(source) else {
            throw Rejection(
                .notACloudEvent, "source \(Rejection.quote(source)) is no URI-reference")
        }
        if subject.baseAddress != nil { try require(subject, "subject") }
        if contentType.baseAddress != nil { try require(contentType, "datacontenttype") }
        if dataschema.baseAddress != nil {
            try require(dataschema, "dataschema")
            guard URISyntax.isURI(dataschema) else {
                throw Rejection(
                    .notACloudEvent, "dataschema \(Rejection.quote(dataschema)) is no URI")
            }
        }
        guard time.baseAddress != nil else { throw Rejection(.timeUnusable, "time is missing") }
        guard let instant = Instant(rfc3339: time) else {
            throw Rejection(
                .timeUnusable, "time \(Rejection.quote(time)) is no RFC 3339 date-time")
        }
        return Envelope(
            id: id, source: source, type: type,
            subject: subject.baseAddress == nil ? nil : subject, timeText: time, time: instant,
            data: data)
    }

    private func require(_ text: ByteView, _ name: StaticString) throws(Rejection) {
        guard text.count == 0 else { return }
        throw Rejection(
            .notACloudEvent, text.baseAddress == nil ? "\(name) is missing" : "\(name) is empty")
    }
}
