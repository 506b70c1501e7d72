// The envelope of an event as nearly all are: every attribute is a string of printable ASCII, the
// data is JSON. One pass over the members puts each where it belongs; nothing is worded or thrown.
// Whatever is not so plain gets no answer here, and the general reader decides it from the start:
// an answer is right, no answer costs only time.

import EventModel

/// Reads plain envelopes. Owns the places that attributes are put in.
struct PlainEnvelope: ~Copyable {
    /// Where an attribute is put: the first ones by these numbers, extensions behind them.
    private enum Place {
        static let specversion = 0
        static let id = 1
        static let source = 2
        static let type = 3
        static let subject = 4
        static let time = 5
        static let contentType = 6
        static let dataschema = 7
        static let extensions = 8
    }

    private let places: UnsafeMutablePointer<ByteView>
    private let count: Int
    private let attributeBytesMax: UInt32

    init(limits: Limits) {
        count = Place.extensions + AttributeSet.extensionCount
        places = .allocate(capacity: count)
        places.initialize(repeating: ByteView(start: nil, count: 0), count: count)
        attributeBytesMax = UInt32(clamping: limits.attributeBytesMax)
    }

    deinit { places.deallocate() }

    /// One view per case of `Extension`.
    var extensions: UnsafeMutablePointer<ByteView> { places + Place.extensions }

    /// Fills the envelope around the data, and `extensions`; false when it is not plain.
    func read(
        _ root: JSONView, sources: inout SourceCheck, into envelope: UnsafeMutablePointer<Envelope>
    ) -> Bool {
        guard root.node.isObject, let data = collect(root) else { return false }
        let (id, source, type) = (
            places[Place.id], places[Place.source], places[Place.type]
        )
        guard places[Place.specversion].equals("1.0"), id.count > 0, source.count > 0,
            type.count > 0, isAbsentOrJSON(places[Place.contentType]),
            sources.isReference(source)
        else { return false }
        let subject = places[Place.subject]
        if subject.baseAddress != nil && subject.count == 0 { return false }
        let schema = places[Place.dataschema]
        if schema.baseAddress != nil && !URISyntax.isURI(schema) { return false }
        guard let time = Instant(rfc3339: places[Place.time]) else { return false }
        let value = root.value(at: data)
        envelope.pointee.id = id
        envelope.pointee.source = source
        envelope.pointee.type = type
        envelope.pointee.subject = subject.baseAddress == nil ? nil : subject
        envelope.pointee.timeText = places[Place.time]
        envelope.pointee.time = time
        envelope.pointee.data = .json(value, bytes: root.span(value.node))
        return true
    }

    private func isAbsentOrJSON(_ contentType: ByteView) -> Bool {
        contentType.baseAddress == nil || contentType.equals("application/json")
    }

    /// Puts the attributes in their places. The node of `data`, nil when a member is not plain.
    private func collect(_ root: JSONView) -> Int? {
        for place in 0..<count { places[place] = ByteView(start: nil, count: 0) }
        var data: Int?
        var at = root.index + 1
        let end = Int(root.node.next)
        while at < end {
            let name = root.span(root.nodes[at])
            let member = root.nodes[at + 1]
            if name.count == 4 && name.equals("data") {
                data = at + 1
            } else {
                guard member.isString, member.length <= attributeBytesMax else { return nil }
                let text = root.span(member)
                guard AttributeText.isPrintableASCII(text) else { return nil }
                switch AttributeName(name) {
                case .specversion: places[Place.specversion] = text
                case .id: places[Place.id] = text
                case .source: places[Place.source] = text
                case .type: places[Place.type] = text
                case .subject: places[Place.subject] = text
                case .time: places[Place.time] = text
                case .datacontenttype: places[Place.contentType] = text
                case .dataschema: places[Place.dataschema] = text
                case .known(let known): extensions[Int(known.rawValue)] = text
                case .other: break
                case .data, .dataBase64, .illFormed: return nil
                }
            }
            at = Int(member.next)
        }
        return data
    }
}
