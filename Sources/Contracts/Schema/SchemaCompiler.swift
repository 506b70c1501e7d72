// From schema documents to a program. Every schema of every document is compiled, also those that
// nothing refers to: a mistake is found at start, wherever it stands.

import EventModel

/// Compiles the documents that were added.
struct SchemaCompiler {
    /// The schemas `false` and `true`.
    static let refusal: Int32 = 0
    static let acceptance: Int32 = 1

    let options: SchemaOptions
    var places = SchemaPlaces()
    var parts = SchemaParts()
    private var compiled: [SchemaPlace: Int32] = [:]
    private var origins: [SchemaPlace?] = [nil, nil]
    /// Schemas within schemas, or referring to schemas, at most: the compiler and every check
    /// recurse through them.
    private static let depthMax = 500
    private var depth = 0
    /// Schemas that a schema applies to the same value.
    private var inPlace: [[Int32]] = [[], []]

    init(options: SchemaOptions) {
        self.options = options
        parts.instructions.append(.refuse)
        parts.schemas = [SchemaRange(start: 0, count: 1), SchemaRange(start: 1, count: 0)]
    }

    mutating func add(uri: String, text: [UInt8]) throws(SchemaError) {
        let document: SchemaDocument
        do {
            document = try SchemaDocument(uri: uri, text: text, limits: options.limits)
        } catch {
            throw SchemaError(document: uri, pointer: "", keyword: "", problem: .malformed(error))
        }
        try places.add(document)
    }

    /// The program, and the schema of each document's root. Patterns that were compiled before an
    /// error belong to a program of their own, which frees them.
    mutating func compileAll() throws(SchemaError) -> (SchemaProgram, [Int32]) {
        do {
            var roots: [Int32] = []
            for index in places.documents.indices {
                roots.append(try schema(at: SchemaPlace(document: index, node: 0)))
            }
            for place in places.known { _ = try schema(at: place) }
            try refuseEndlessRecursion()
            parts.shortcuts = shortcuts()
            return (SchemaProgram(parts, documents: places.documents), roots)
        } catch {
            _ = SchemaProgram(parts, documents: places.documents)
            throw error
        }
    }

    /// The index of the schema at a place, compiled when it is first asked for.
    mutating func schema(at place: SchemaPlace) throws(SchemaError) -> Int32 {
        if let known = compiled[place] { return known }
        let view = places.view(place)
        switch view.kind {
        case .true: return Self.acceptance
        case .false: return Self.refusal
        case .object: break
        default: throw places.error(place, "", .invalidValue("a schema is an object or a boolean"))
        }
        guard depth < Self.depthMax else { throw tooDeep(place) }
        depth += 1
        defer { depth -= 1 }
        let index = Int32(parts.schemas.count)
        compiled[place] = index
        parts.schemas.append(SchemaRange())
        origins.append(place)
        inPlace.append([])
        var body = SchemaBody(place: place, view: view, index: index)
        try compile(&body)
        parts.schemas[Int(index)] = append(body.instructions, to: \.instructions)
        return index
    }

    /// Notes that a schema applies another one to the same value.
    mutating func apply(_ inner: Int32, from outer: Int32) { inPlace[Int(outer)].append(inner) }

    mutating func append<Element>(
        _ elements: [Element], to array: WritableKeyPath<SchemaParts, [Element]>
    ) -> SchemaRange {
        let start = parts[keyPath: array].count
        parts[keyPath: array].append(contentsOf: elements)
        return SchemaRange(start: Int32(start), count: Int32(elements.count))
    }

    private func tooDeep(_ place: SchemaPlace) -> SchemaError {
        places.error(
            place, "", .invalidValue("more than \(Self.depthMax) schemas stand in each other"))
    }

    /// A schema that comes back to itself without going into the value would never end.
    private func refuseEndlessRecursion() throws(SchemaError) {
        enum Mark { case new, open, done }
        var marks = [Mark](repeating: .new, count: inPlace.count)
        // How many schemas one value may go through.
        var heights = [Int](repeating: 1, count: inPlace.count)
        for start in inPlace.indices where marks[start] == .new {
            var path: [(schema: Int, next: Int)] = [(start, 0)]
            marks[start] = .open
            while let (schema, next) = path.last {
                guard next < inPlace[schema].count else {
                    marks[schema] = .done
                    path.removeLast()
                    for inner in inPlace[schema] {
                        heights[schema] = max(heights[schema], heights[Int(inner)] + 1)
                    }
                    guard heights[schema] <= Self.depthMax else {
                        throw tooDeep(origins[schema] ?? SchemaPlace(document: 0, node: 0))
                    }
                    continue
                }
                path[path.count - 1].next += 1
                let inner = Int(inPlace[schema][next])
                if marks[inner] == .open, let place = origins[inner] {
                    throw places.error(place, "", .endlessRecursion)
                }
                if marks[inner] == .new {
                    marks[inner] = .open
                    path.append((inner, 0))
                }
            }
        }
    }
}

/// A schema while it is compiled.
struct SchemaBody {
    let place: SchemaPlace
    let view: JSONView
    let index: Int32
    var instructions: [SchemaInstruction] = []

    func place(of value: JSONView) -> SchemaPlace {
        SchemaPlace(document: place.document, node: value.index)
    }
}
