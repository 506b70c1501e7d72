// A schema and an instance, parted by a line `---`. Schemas are ours, so a hostile one is a slip of
// the pen in a merge request; it must end in a SchemaError, and the check of any value in time.

import Contracts
import EventModel

/// Compiles and checks.
final class SchemaEntry: FuzzEntry {
    private var parser = JSONParser(limits: Limits())
    private static let line = Array("\n---\n".utf8)

    func run(_ input: ByteView) {
        let place = Self.find(Self.line, in: input)
        let schema = Array(input[..<(place ?? input.count)])
        for unknown in [SchemaOptions.UnknownKeywords.refuse, .ignore] {
            var options = SchemaOptions()
            options.unknownKeywords = unknown
            options.assertsFormat = unknown == .refuse
            let checker: SchemaChecker
            do throws(SchemaError) {
                checker = try SchemaChecker.compile(schema, options: options)
            } catch {
                _ = error.description
                continue
            }
            guard let place else { continue }
            let instance = ByteView(rebasing: input[(place + Self.line.count)...])
            guard let view = try? parser.parse(instance) else { continue }
            _ = checker.check(view)?.description
        }
    }

    /// Where the bytes stand first.
    static func find(_ wanted: [UInt8], in bytes: ByteView) -> Int? {
        guard bytes.count >= wanted.count else { return nil }
        return (0...bytes.count - wanted.count).first { start in
            wanted.indices.allSatisfy { bytes[start + $0] == wanted[$0] }
        }
    }
}
