// A parser for tests: takes text or bytes, copies them into a buffer of exactly their size (so that
// a sanitiser sees a read beyond it), and renders the index back to JSON.

@testable import Contracts
import EventModel

/// What came of a parse: the index rendered as canonical-ish JSON, or the error.
enum Parsed: Equatable {
    case value(String)
    case error(JSONError)
}

func parse(_ bytes: [UInt8], limits: Limits = Limits()) -> Parsed {
    var parser = JSONParser(limits: limits)
    return parse(bytes, with: &parser)
}

func parse(_ text: String, limits: Limits = Limits()) -> Parsed {
    parse(Array(text.utf8), limits: limits)
}

func parse(_ bytes: [UInt8], with parser: inout JSONParser) -> Parsed {
    let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    defer { exact.deallocate() }
    exact.copyBytes(from: bytes)
    do {
        return .value(render(try parser.parse(ByteView(exact))))
    } catch {
        return .error(error)
    }
}

/// Members and elements in their order, numbers as written.
func render(_ view: JSONView) -> String {
    var writer = JSONWriter()
    write(view, to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
}

private func write(_ view: JSONView, to writer: inout JSONWriter) {
    switch view.kind {
    case .object:
        writer.beginObject()
        view.forEachMember { name, value in
            writer.name(name.text)
            write(value, to: &writer)
        }
        writer.endObject()
    case .array:
        writer.beginArray()
        view.forEachElement { write($0, to: &writer) }
        writer.endArray()
    case .string: writer.string(view.bytes)
    case .number: writer.raw(view.bytes)
    case .true: writer.boolean(true)
    case .false: writer.boolean(false)
    case .null: writer.null()
    }
}
