// A directory for the files of one entry, in memory where the machine has such a place: a run makes
// hundreds of thousands of them.

import EventModel
import Glibc

/// A directory of its own, removed with its owner.
final class Workspace {
    let path: String

    /// Where workspaces are made: the driver's own directory, so that it can clear away after a
    /// process that died.
    nonisolated(unsafe) static var root: String = {
        var status = stat()
        if stat("/dev/shm", &status) == 0, access("/dev/shm", W_OK) == 0 { return "/dev/shm" }
        return getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    }()

    init() {
        var name = Array("\(Self.root)/holdfast-fuzz-XXXXXX".utf8CString)
        guard mkdtemp(&name) != nil else {
            Finding.stop("no directory in \(Self.root): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.remove(path) }

    /// Removes what lies in it.
    func clear() { Self.clear(path) }

    private static func clear(_ path: String) {
        guard let directory = opendir(path) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let inner = path + "/" + name
            if entry.pointee.d_type == UInt8(DT_DIR) { remove(inner) } else { unlink(inner) }
        }
    }

    /// Removes a directory with what is in it.
    static func remove(_ path: String) {
        clear(path)
        rmdir(path)
    }

    func write(_ bytes: [UInt8], to name: String) {
        let descriptor = open("\(path)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { Finding.stop("cannot write in \(path)") }
        defer { close(descriptor) }
        var at = 0
        while at < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + at, bytes.count - at)
            }
            guard count > 0 else { Finding.stop("cannot write in \(path)") }
            at += count
        }
    }

    func makeDirectory(_ name: String) { mkdir("\(path)/\(name)", 0o700) }

    func read(_ name: String) -> [UInt8] { Self.read("\(path)/\(name)") ?? [] }

    /// A file's bytes; nil when it cannot be read.
    static func read(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes.append(contentsOf: chunk[..<count])
        }
    }
}
