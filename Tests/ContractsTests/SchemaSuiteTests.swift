// The proof: every test of the official suite is answered as the suite says, but for a list that
// docs/json-schema.md shows and that holds nothing but what we refuse to compile.

import Glibc
import Testing

@testable import Contracts

@Suite(.enabled(if: SchemaSuite.isPresent || getenv("CI") != nil, "the suite is not here"))
struct SchemaSuiteTests {
    /// Files, or cases (`file: description`), that use what is not supported.
    static let leftOut: Set<String> = [
        "defs.json: validate definition against metaschema",
        "dynamicRef.json",
        "not.json: collect annotations inside a 'not', even if collection is disabled",
        "ref.json: ref creates new scope when adjacent to keywords",
        "ref.json: remote ref, containing refs itself",
        "unevaluatedItems.json",
        "unevaluatedProperties.json",
        "vocabulary.json",
        "optional/cross-draft.json: refs to historic drafts are processed as historic drafts",
        "optional/dependencies-compatibility.json",
        "optional/dynamicRef.json",
        "optional/format-assertion.json",
        "optional/format/duration.json",
        "optional/format/hostname.json",
        "optional/format/idn-email.json",
        "optional/format/idn-hostname.json",
        "optional/format/iri-reference.json",
        "optional/format/iri.json",
        "optional/format/json-pointer.json",
        "optional/format/relative-json-pointer.json",
        "optional/format/unknown.json",
        "optional/format/uri-template.json",
    ]

    /// Optional tests that we answer otherwise: PCRE2 10.42 has no lookbehind of variable width.
    static let answeredOtherwise: Set<String> = [
        "optional/format/ecmascript-regex.json: ECMA 262 lookbehind is valid, including variable "
            + "width / a variable-width lookbehind (ES2018): should be true"
    ]

    private func isLeftOut(_ one: SchemaSuite.Case) -> Bool {
        Self.leftOut.contains(one.file) || Self.leftOut.contains("\(one.file): \(one.description)")
    }

    private var allFiles: [String] {
        ["", "optional", "optional/format"].flatMap { SchemaSuite.files(in: $0) }
    }

    @Test func `the suite is there`() {
        #expect(SchemaSuite.isPresent, "no JSON Schema suite at \(SchemaSuite.root)")
        #expect(SchemaSuite.files(in: "").count >= 40)
        #expect(SchemaSuite.remotes.count >= 10)
    }

    @Test func `every test outside the list is answered as the suite says`() {
        var required = 0
        var optional = 0
        for file in allFiles {
            let assertsFormat =
                file.hasPrefix("optional/format/") || file.hasSuffix("ecmascript-regex.json")
            for one in SchemaSuite.cases(of: file) where !isLeftOut(one) {
                if file.hasPrefix("optional/") {
                    optional += one.tests.count
                } else {
                    required += one.tests.count
                }
                for failure in SchemaSuite.failures(of: one, assertsFormat: assertsFormat) {
                    let text = "\(file): \(failure)"
                    #expect(Self.answeredOtherwise.contains(text), "\(text)")
                }
            }
        }
        // The suite beside us has 1,299 required and 926 optional tests.
        #expect(required >= 1000 && optional >= 450, "\(required) required, \(optional) optional")
    }

    @Test func `what is left out is refused at compile, never answered wrongly`() {
        var used: Set<String> = []
        for file in allFiles {
            for one in SchemaSuite.cases(of: file) where isLeftOut(one) {
                used.insert(Self.leftOut.contains(file) ? file : "\(file): \(one.description)")
                #expect(usesWhatIsUnsupported(one), "\(file): \(one.description)")
            }
        }
        #expect(
            used == Self.leftOut, "entries that name nothing: \(Self.leftOut.subtracting(used))")
    }

    /// It does not compile, and because of something that the page calls unsupported.
    private func usesWhatIsUnsupported(_ one: SchemaSuite.Case) -> Bool {
        do throws(SchemaError) {
            _ = try SchemaChecker.compile(one.schema)
            return false
        } catch {
            switch error.problem {
            case .unsupportedFormat: return true
            case .unsupportedKeyword:
                return SchemaCompiler.unsupported.contains(error.keyword)
                    || error.keyword == "dependencies"
            case .invalidValue: return error.keyword == "$schema"
            case .unresolvedReference(let target):
                let text = String(decoding: one.schema, as: UTF8.self)
                return target.hasPrefix("http") || text.contains("$dynamic")
            default: return false
            }
        }
    }

    @Test func `the page lists exactly what is left out`() {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let page = String(
            decoding: SchemaSuite.read("/\(root)/docs/json-schema.md"), as: UTF8.self)
        let lines = page.split(separator: "\n").filter { $0.hasPrefix("- `") }
        let listed = lines.compactMap { line -> String? in
            let entry = line.dropFirst(3).prefix { $0 != "`" }
            return entry.contains(".json") ? String(entry) : nil
        }
        #expect(Set(listed) == Self.leftOut.union(Self.answeredOtherwise))
    }
}
