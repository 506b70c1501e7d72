// The official JSON-Schema-Test-Suite (draft2020-12), read from where it stands beside the project,
// with our own parser: cases as raw text, so that numbers stay what they are.

import EventModel
import Glibc

@testable import Contracts

enum SchemaSuite {
    struct Case: Sendable {
        var file: String
        var description: String
        var schema: [UInt8]
        var tests: [Test]
    }
    struct Test: Sendable {
        var description: String
        var data: [UInt8]
        var isValid: Bool
    }

    /// `../shared` beside the package, or what HOLDFAST_SHARED names.
    static let shared: String = {
        if let path = getenv("HOLDFAST_SHARED") { return String(cString: path) }
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/../shared"
    }()

    static let root = shared + "/json-schema/tests/draft2020-12"
    static let isPresent = access(root, R_OK) == 0

    /// Names of the JSON files of a folder of the suite, sorted.
    static func files(in folder: String) -> [String] {
        guard let directory = opendir(root + "/" + folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".json") { names.append(folder.isEmpty ? name : folder + "/" + name) }
        }
        return names.sorted()
    }

    static func cases(of file: String) -> [Case] {
        let bytes = read(root + "/" + file)
        var limits = Limits()
        limits.jsonDepthMax = 64
        var parser = JSONParser(limits: limits)
        var cases: [Case] = []
        bytes.withUnsafeBytes { text in
            guard let view = try? parser.parse(text) else { return }
            view.forEachElement { group in
                var tests: [Test] = []
                group.member("tests")?.forEachElement { test in
                    tests.append(
                        Test(
                            description: test.text("description") ?? "",
                            data: test.member("data").map(raw) ?? [],
                            isValid: test.boolean("valid") ?? false))
                }
                cases.append(
                    Case(
                        file: file, description: group.text("description") ?? "",
                        schema: group.member("schema").map(raw) ?? [], tests: tests))
            }
        }
        return cases
    }

    /// A value's text, a string with its quotes (as they stood in the text or escaped anew).
    private static func raw(_ view: JSONView) -> [UInt8] {
        guard view.kind == .string else { return Array(view.bytes) }
        var writer = JSONWriter()
        writer.string(view.bytes)
        return writer.bytes
    }

    static func read(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// The remote documents of the suite that keep to the supported keywords, under the URIs that
    /// the suite gives them: what is compiled together may refer to each other.
    static let remotes: [(uri: String, text: [UInt8])] = {
        let folder = "../../remotes/draft2020-12"
        let folders = ["", "/baseUriChange", "/baseUriChangeFolder", "/nested"]
        let names = (folders + ["/baseUriChangeFolderInSubschema"]).flatMap {
            files(in: folder + $0)
        }
        return names.compactMap { name in
            let text = read(root + "/" + name)
            var options = SchemaOptions()
            options.unknownKeywords = .ignore
            // A document that needs another one is fine; one with a keyword we refuse is not.
            do throws(SchemaError) {
                _ = try SchemaChecker.compile(text, options: options)
            } catch {
                guard case .unresolvedReference = error.problem else { return nil }
            }
            return ("http://localhost:1234/" + name.dropFirst("../../remotes/".count), text)
        }
    }()

    /// The tests of a case that we answer otherwise than the suite, or why it does not compile.
    static func failures(of suiteCase: Case, assertsFormat: Bool) -> [String] {
        var options = SchemaOptions()
        options.unknownKeywords = .ignore
        options.assertsFormat = assertsFormat
        var documents = [(uri: "schema:/", text: suiteCase.schema)]
        if suiteCase.file == "refRemote.json" { documents += remotes }
        let checker: SchemaChecker
        do {
            checker = try SchemaChecker.compile(documents: documents, options: options)[0]
        } catch {
            return ["\(suiteCase.description): does not compile: \(error)"]
        }
        var parser = JSONParser(limits: Limits())
        return suiteCase.tests.compactMap { test in
            let isValid = test.data.withUnsafeBytes { data in
                (try? parser.parse(data)).map { checker.check($0) == nil }
            }
            if isValid == test.isValid { return nil }
            return "\(suiteCase.description) / \(test.description): should be \(test.isValid)"
        }
    }
}
