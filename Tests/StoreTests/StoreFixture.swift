// A directory for one test, and a file with something in it.

import EventModel
import Glibc

@testable import Store

/// A temporary directory that goes away with its owner.
final class TemporaryDirectory {
    let path: String

    init() {
        var template = Array("/tmp/holdfast-store-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { preconditionFailure("no temporary directory") }
        path = String(cString: made)
    }

    deinit {
        for name in names { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    var names: [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func read(_ name: String) -> [UInt8] {
        guard let file = fopen("\(path)/\(name)", "r") else { return [] }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: SystemFiles().size(of: "\(path)/\(name)") ?? 0)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes.prefix(count))
    }

    func write(_ name: String, _ bytes: [UInt8]) {
        guard let file = fopen("\(path)/\(name)", "w") else {
            preconditionFailure("cannot write \(name)")
        }
        fwrite(bytes, 1, bytes.count, file)
        fclose(file)
    }

    /// Copies what is there now, as a crash at this moment would leave it.
    func copy(to other: TemporaryDirectory) {
        for name in names where !name.contains("torn") { other.write(name, read(name)) }
    }
}

let fileName = "task-3.sqlite"

extension TaskIdentity {
    static let test = TaskIdentity(
        deployment: "plant", partition: Partition(3), partitionCount: 4)
}

extension TaskStore {
    /// Batches 1...n: each puts row `lot/<n>`, changes `shared` and has the head "head <n>".
    func commitBatch(_ number: Int) throws(StoreError) {
        var window = DedupeWindow(topic: .mesExecution)
        let id = fingerprint(UInt64(number))
        _ = window.see(identity: id, content: id, appendTime: Instant(rawValue: 0))
        try commit(
            rows: [
                RowChange(key: "lot/\(number)", value: Array("value \(number)".utf8)),
                RowChange(key: "shared", value: Array("\(number)".utf8)),
            ],
            head: Array("head \(number)".utf8), changelogNext: Offset(Int64(number * 10)),
            savedAt: Instant(rawValue: Int64(number)), sightings: window.takePending())
    }

    /// All rows as text.
    func allRows() throws(StoreError) -> [String] {
        var found: [String] = []
        var cursor = try rows()
        while let (key, value) = try cursor.next() { found.append("\(key.text)=\(value.text)") }
        return found.sorted()
    }

    /// Whether rows, sightings and head are those of one and the same batch, and of which.
    func consistentBatch() throws(StoreError) -> Int? {
        let number = Int((changelogNext?.rawValue ?? 0) / 10)
        var expected = (0..<number).map { "lot/\($0 + 1)=value \($0 + 1)" }
        if number > 0 { expected.append("shared=\(number)") }
        expected.sort()
        var window = DedupeWindow(topic: .mesExecution, clock: Instant(rawValue: 0))
        try load(into: &window)
        let expectedHead = number == 0 ? nil : Array("head \(number)".utf8)
        let isWhole = try allRows() == expected && window.count == number && head == expectedHead
        return isWhole ? number : nil
    }
}
